// Package recommend is the rule by which the shop recommends products:
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
//
// The product service took the rule over from the monolith; until that is gone
// both follow this one. It knows no database: a [Shop] answers what it asks.
package recommend

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"storefront/services/internal/decimal"
)

const (
	favouriteCount  = 4 // so many categories take turns …
	favouriteRounds = 4 // … so many times
)

// Purchase is what a user bought of one product, in one order or in several.
// LastDelivered is the date of the newest order that brought it, YYYY-MM-DD,
// empty while none has.
type Purchase struct {
	ProductID, Category string
	Quantity            int
	LastDelivered       string
	Rating              decimal.Tenths
	Reviews             int
}

// Cells are the places for the columns of a row, in the order of the fields.
func (p *Purchase) Cells() []any {
	return []any{&p.ProductID, &p.Category, &p.Quantity, &p.LastDelivered, &p.Rating, &p.Reviews}
}

// Shop is what the rule has to know. Ids come the best rated first, among equals
// the most reviewed, then the smaller id; products that nobody has rated are
// left out.
type Shop interface {
	// PurchasesOf returns all that a user bought, in any order, but what was
	// cancelled. A product may be there more than once.
	PurchasesOf(ctx context.Context, userID string) ([]Purchase, error)
	// BestIDs returns the best of the whole shop.
	BestIDs(ctx context.Context, limit int) ([]string, error)
	// BestIDsOf returns the best of a category.
	BestIDsOf(ctx context.Context, category string, limit int) ([]string, error)
}

// For returns the ids of at most limit products for a user, who may be unknown.
func For(ctx context.Context, shop Shop, userID string, limit int) ([]string, error) {
	bought, err := shop.PurchasesOf(ctx, userID)
	if err != nil {
		return nil, err
	}
	var favourites [][]string
	for _, category := range favouriteCategories(bought) {
		ids, err := shop.BestIDsOf(ctx, category, favouriteRounds+len(bought))
		if err != nil {
			return nil, err
		}
		favourites = append(favourites, ids)
	}
	best, err := shop.BestIDs(ctx, limit+favouriteCount*favouriteRounds+len(bought))
	if err != nil {
		return nil, err
	}
	return recommend(bought, favourites, best, limit), nil
}

// recommend applies the rule to values alone. favourites holds the ids of each
// favourite category and best those of the whole shop, the best rated first.
func recommend(bought []Purchase, favourites [][]string, best []string, limit int) []string {
	taken := map[string]bool{}
	for _, p := range bought {
		taken[p.ProductID] = true
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
func buyAgain(bought []Purchase) []string {
	var again Purchase
	for _, p := range bought {
		if p.LastDelivered != "" && cmp.Or(
			strings.Compare(p.LastDelivered, again.LastDelivered),
			cmp.Compare(p.Rating, again.Rating),
			cmp.Compare(p.Reviews, again.Reviews),
			strings.Compare(again.ProductID, p.ProductID),
		) > 0 {
			again = p
		}
	}
	if again.ProductID == "" {
		return nil
	}
	return []string{again.ProductID}
}

// favouriteCategories returns the categories of which a user bought the most
// pieces, the most bought first.
func favouriteCategories(bought []Purchase) []string {
	pieces := map[string]int{}
	var categories []string
	for _, p := range bought {
		if pieces[p.Category] == 0 {
			categories = append(categories, p.Category)
		}
		pieces[p.Category] += p.Quantity
	}
	slices.SortFunc(categories, func(a, b string) int {
		return cmp.Or(cmp.Compare(pieces[b], pieces[a]), strings.Compare(a, b))
	})
	return categories[:min(favouriteCount, len(categories))]
}
