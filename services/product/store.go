package product

import (
	"context"
	"database/sql"
	"encoding/json"

	"storefront/services/internal/database"
	"storefront/services/internal/decimal"
	"storefront/services/internal/recommend"
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
	columns = `
SELECT id, name, category, price_cents, description, specs, reviews, rating_tenths FROM products `

	// The parameter is a JSON list of ids: one statement for any number of them.
	selectProducts = columns + `WHERE id IN (SELECT value FROM json_each(?))`

	// In the order in which they came into the shop; numbers start at 1.
	selectFirst = columns + `WHERE number > 0 ORDER BY number LIMIT ?`

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
	products, first, purchases, best, bestOfCategory *sql.Stmt
}

func newStore(ctx context.Context, db *sql.DB) (*store, error) {
	s := &store{}
	err := database.Prepare(ctx, db, map[string]**sql.Stmt{
		selectProducts:       &s.products,
		selectFirst:          &s.first,
		selectPurchases:      &s.purchases,
		selectBest:           &s.best,
		selectBestOfCategory: &s.bestOfCategory,
	})
	return s, err
}

// byIDs returns the products in the order asked for, without the unknown ones.
func (s *store) byIDs(ctx context.Context, ids []string) ([]product, error) {
	return database.Listed(ctx, s.products, (*product).cells, func(p *product) string { return p.ID }, ids)
}

// catalogue returns the first products for sale.
func (s *store) catalogue(ctx context.Context, limit int) ([]product, error) {
	return database.All(ctx, s.first, (*product).cells, limit)
}

func (p *product) cells() []any {
	return []any{
		&p.ID, &p.Name, &p.category, &p.Price, &p.Description, (*[]byte)(&p.Specs), &p.Reviews, &p.Rating,
	}
}

// PurchasesOf returns all that a user bought.
func (s *store) PurchasesOf(ctx context.Context, userID string) ([]recommend.Purchase, error) {
	return database.All(ctx, s.purchases, (*recommend.Purchase).Cells, userID)
}

// BestIDs returns the ids of the best rated products, the most reviewed first
// among equals.
func (s *store) BestIDs(ctx context.Context, limit int) ([]string, error) {
	return database.All(ctx, s.best, database.Cell[string], limit)
}

// BestIDsOf is BestIDs within one category.
func (s *store) BestIDsOf(ctx context.Context, category string, limit int) ([]string, error) {
	return database.All(ctx, s.bestOfCategory, database.Cell[string], category, limit)
}
