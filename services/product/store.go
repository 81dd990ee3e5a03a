package product

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"storefront/services/internal/database"
	"storefront/services/internal/decimal"
)

// product is a thing for sale as the service answers with it. The image's
// address depends on the request and is not stored.
type product struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Price       decimal.Cents   `json:"price"`
	Image       string          `json:"image"`
	Description string          `json:"description"`
	Specs       json.RawMessage `json:"specs"`
	Reviews     int             `json:"reviews"`
	Rating      decimal.Tenths  `json:"rating"`
	category    string
}

const (
	// The parameter is a JSON list of ids: one statement for any number of them.
	selectProducts = `
SELECT id, name, category, price_cents, description, specs, reviews, rating_tenths
FROM products WHERE id IN (SELECT value FROM json_each(?))`

	selectPurchases = `
SELECT product_id, category, quantity, coalesce(last_delivered, ''), rating_tenths, reviews
FROM purchases JOIN products ON products.id = product_id WHERE user_id = ? ORDER BY product_id`

	selectBest = `
SELECT id FROM products WHERE rating_tenths > 0
ORDER BY rating_tenths DESC, reviews DESC, id LIMIT ?`

	selectBestOfCategory = `
SELECT id FROM products WHERE category = ? AND rating_tenths > 0
ORDER BY rating_tenths DESC, reviews DESC, id LIMIT ?`
)

// store is the service's questions to its database.
type store struct {
	products, purchases, best, bestOfCategory *sql.Stmt
}

func newStore(ctx context.Context, db *sql.DB) (*store, error) {
	s := &store{}
	err := database.Prepare(ctx, db, map[string]**sql.Stmt{
		selectProducts:       &s.products,
		selectPurchases:      &s.purchases,
		selectBest:           &s.best,
		selectBestOfCategory: &s.bestOfCategory,
	})
	return s, err
}

// byIDs returns the products in the order asked for, without the unknown ones.
func (s *store) byIDs(ctx context.Context, ids []string) ([]product, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode ids: %w", err)
	}
	found, err := database.All(ctx, s.products, (*product).cells, string(list))
	if err != nil {
		return nil, err
	}
	known := make(map[string]product, len(found))
	for _, p := range found {
		known[p.ID] = p
	}
	ordered := make([]product, 0, len(found))
	for _, id := range ids {
		if p, ok := known[id]; ok {
			ordered = append(ordered, p)
		}
	}
	return ordered, nil
}

func (p *product) cells() []any {
	return []any{
		&p.ID, &p.Name, &p.category, &p.Price, &p.Description, (*[]byte)(&p.Specs), &p.Reviews, &p.Rating,
	}
}

// purchasesOf returns all that a user bought.
func (s *store) purchasesOf(ctx context.Context, userID string) ([]purchase, error) {
	return database.All(ctx, s.purchases, (*purchase).cells, userID)
}

// bestIDs returns the ids of the best rated products, the most reviewed first
// among equals.
func (s *store) bestIDs(ctx context.Context, limit int) ([]string, error) {
	return database.All(ctx, s.best, idCell, limit)
}

// bestIDsOf is bestIDs within one category.
func (s *store) bestIDsOf(ctx context.Context, category string, limit int) ([]string, error) {
	return database.All(ctx, s.bestOfCategory, idCell, category, limit)
}

func idCell(id *string) []any { return []any{id} }
