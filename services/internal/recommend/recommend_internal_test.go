package recommend

import (
	"slices"
	"strings"
	"testing"
)

// TestRecommend applies the rule to small shops. best lists "category/id", the
// best rated first.
func TestRecommend(t *testing.T) {
	t.Parallel()
	best := "lamps/l1 books/b1 lamps/l2 tents/t1 books/b2 lamps/l3 lamps/l4 lamps/l5 lamps/l6 tents/t2"
	for _, test := range []struct {
		name   string
		bought []Purchase
		limit  int
		want   string
	}{
		{"nothing bought: the best of the shop", nil, 4, "l1 b1 l2 t1"},
		{"nothing bought: no more than there is", nil, 99, "l1 b1 l2 t1 b2 l3 l4 l5 l6 t2"},
		{
			"the newest delivered order leads, then its category, then the shop",
			[]Purchase{{"l9", "lamps", 1, "2024-01-01", 30, 1}},
			7, "l9 l1 l2 l3 l4 b1 t1",
		},
		{
			"of one order the best rated leads",
			[]Purchase{{"t9", "tents", 1, "2024-01-01", 40, 9}, {"b9", "books", 1, "2024-01-01", 41, 1}, {"l9", "lamps", 1, "2023-01-01", 50, 9}},
			1, "b9",
		},
		{
			"equally rated: the more reviewed leads",
			[]Purchase{{"t9", "tents", 1, "2024-01-01", 40, 9}, {"b9", "books", 1, "2024-01-01", 40, 10}},
			1, "b9",
		},
		{
			"equally reviewed: the smaller id leads",
			[]Purchase{{"t9", "tents", 1, "2024-01-01", 40, 9}, {"b9", "books", 1, "2024-01-01", 40, 9}},
			1, "b9",
		},
		{
			"nothing delivered: nothing to buy again",
			[]Purchase{{"t9", "tents", 1, "", 40, 9}},
			3, "t1 t2 l1",
		},
		{
			"favourites take turns, the most bought first",
			[]Purchase{{"b9", "books", 2, "", 40, 9}, {"l9", "lamps", 1, "", 40, 9}, {"l8", "lamps", 2, "", 40, 9}},
			5, "l1 b1 l2 b2 l3",
		},
		{
			"what was bought is not recommended again",
			[]Purchase{{"l1", "lamps", 1, "", 40, 9}, {"l3", "lamps", 1, "", 40, 9}, {"b1", "books", 1, "", 40, 9}},
			4, "l2 b2 l4 l5",
		},
		{
			"what was bought in several orders counts as one",
			[]Purchase{{"l1", "lamps", 1, "2024-01-01", 40, 9}, {"b1", "books", 3, "", 40, 9}, {"l1", "lamps", 3, "2024-01-03", 40, 9}},
			4, "l1 l2 b2 l3",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			categories := favouriteCategories(test.bought)
			favourites := make([][]string, len(categories))
			for i, category := range categories {
				favourites[i] = named(best, category)
			}
			got := recommend(test.bought, favourites, named(best, ""), test.limit)
			if want := strings.Fields(test.want); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// named returns the ids of a category, or of all.
func named(best, category string) []string {
	var ids []string
	for entry := range strings.FieldsSeq(best) {
		if of, id, _ := strings.Cut(entry, "/"); category == "" || of == category {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestFavouriteCategories(t *testing.T) {
	t.Parallel()
	got := favouriteCategories([]Purchase{
		{Category: "e", Quantity: 1},
		{Category: "d", Quantity: 1},
		{Category: "c", Quantity: 2},
		{Category: "b", Quantity: 5},
		{Category: "c", Quantity: 4},
		{Category: "a", Quantity: 1},
	})
	if want := []string{"c", "b", "a", "d"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
