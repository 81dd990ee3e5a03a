package product

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"storefront/services/internal/decimal"
)

// What is recommended to a user:
//
//  1. Buy again: of what came with their newest delivered order, the best rated
//     product. What someone has just been happy with leads the page.
//  2. Their favourite categories take turns, the most bought one first: in each
//     round each gives its best rated product that the user does not own yet.
//  3. The best rated products of the whole shop that they do not own yet. For
//     someone who bought nothing, that is all there is to say.
//
// Among equals the more reviewed product wins, then the smaller id, so that the
// same question always has the same answer.
const (
	favouriteCount  = 4 // so many categories take turns …
	favouriteRounds = 4 // … so many times
)

// purchase is what a user bought of one product. lastDelivered is the date of
// the newest order that brought it, empty while none has.
type purchase struct {
	productID, category string
	quantity            int
	lastDelivered       string
	rating              decimal.Tenths
	reviews             int
}

func (p *purchase) cells() []any {
	return []any{&p.productID, &p.category, &p.quantity, &p.lastDelivered, &p.rating, &p.reviews}
}

// recommended reads what the rule needs and returns at most limit ids.
func (s *store) recommended(ctx context.Context, userID string, limit int) ([]string, error) {
	bought, err := s.purchasesOf(ctx, userID)
	if err != nil {
		return nil, err
	}
	var favourites [][]string
	for _, category := range favouriteCategories(bought) {
		ids, err := s.bestIDsOf(ctx, category, favouriteRounds+len(bought))
		if err != nil {
			return nil, err
		}
		favourites = append(favourites, ids)
	}
	best, err := s.bestIDs(ctx, limit+favouriteCount*favouriteRounds+len(bought))
	if err != nil {
		return nil, err
	}
	return recommend(bought, favourites, best, limit), nil
}

// recommend applies the rule to values alone. favourites holds the ids of each
// favourite category and best those of the whole shop, the best rated first.
func recommend(bought []purchase, favourites [][]string, best []string, limit int) []string {
	taken := map[string]bool{}
	for _, p := range bought {
		taken[p.productID] = true
	}
	ids := buyAgain(bought)
	favourites = slices.Clone(favourites)
	for range favouriteRounds {
		for i := range favourites {
			var id string
			if id, favourites[i] = next(favourites[i], taken); id != "" {
				ids = append(ids, id)
			}
		}
	}
	for len(ids) < limit {
		var id string
		if id, best = next(best, taken); id == "" {
			break
		}
		ids = append(ids, id)
	}
	return ids[:min(limit, len(ids))]
}

// next takes the first id that is not taken yet off the list.
func next(ids []string, taken map[string]bool) (id string, rest []string) {
	for i, id := range ids {
		if !taken[id] {
			taken[id] = true
			return id, ids[i+1:]
		}
	}
	return "", nil
}

// buyAgain returns the id of the best product of the newest delivered order, or
// nothing.
func buyAgain(bought []purchase) []string {
	var again purchase
	for _, p := range bought {
		if p.lastDelivered != "" && cmp.Or(
			strings.Compare(p.lastDelivered, again.lastDelivered),
			cmp.Compare(p.rating, again.rating),
			cmp.Compare(p.reviews, again.reviews),
			strings.Compare(again.productID, p.productID),
		) > 0 {
			again = p
		}
	}
	if again.productID == "" {
		return nil
	}
	return []string{again.productID}
}

// favouriteCategories returns the categories of which a user bought the most
// pieces, the most bought first.
func favouriteCategories(bought []purchase) []string {
	pieces := map[string]int{}
	var categories []string
	for _, p := range bought {
		if pieces[p.category] == 0 {
			categories = append(categories, p.category)
		}
		pieces[p.category] += p.quantity
	}
	slices.SortFunc(categories, func(a, b string) int {
		return cmp.Or(cmp.Compare(pieces[b], pieces[a]), strings.Compare(a, b))
	})
	return categories[:min(favouriteCount, len(categories))]
}
