package legacy

import (
	"context"
	"database/sql"
	"encoding/json"

	"storefront/services/internal/database"
	"storefront/services/internal/decimal"
	"storefront/services/internal/endpoint"
	"storefront/services/internal/recommend"
)

// named and billed are the short answers of the old API.
type (
	named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	billed struct {
		ID    string        `json:"id"`
		Total decimal.Cents `json:"total"`
	}
)

// user, product and order are the full answers. Addresses of pictures are not
// stored; the database writes specs and items as JSON.
type (
	user struct {
		named

		Email          string `json:"email"`
		Bio            string `json:"bio"`
		Location       string `json:"location"`
		JoinedDate     string `json:"joined_date"`
		ProfilePicture string `json:"profile_picture"`
	}
	product struct {
		named

		Description string          `json:"description"`
		Price       decimal.Cents   `json:"price"`
		Rating      decimal.Tenths  `json:"rating"`
		Reviews     int             `json:"reviews"`
		Specs       json.RawMessage `json:"specs"`
		Image       string          `json:"image"`
	}
	order struct {
		billed

		Date            string          `json:"date"`
		Status          string          `json:"status"`
		ShippingAddress string          `json:"shipping_address"`
		TrackingNumber  *string         `json:"tracking_number"`
		Items           json.RawMessage `json:"items"`
	}
)

func (u *user) cells() []any {
	return []any{&u.ID, &u.Name, &u.Email, &u.Bio, &u.Location, &u.JoinedDate}
}

func (p *product) cells() []any {
	return []any{&p.ID, &p.Name, &p.Description, &p.Price, &p.Rating, &p.Reviews, (*[]byte)(&p.Specs)}
}

func (o *order) cells() []any {
	return []any{&o.ID, &o.Total, &o.Date, &o.Status, &o.ShippingAddress, &o.TrackingNumber, (*[]byte)(&o.Items)}
}

const (
	selectUser = `SELECT id, name, email, bio, location, joined_date FROM users WHERE id = ?`

	productColumns = `
SELECT id, name, description, price_cents, rating_tenths, reviews, (
  SELECT json_group_object(name, value)
  FROM (SELECT name, value FROM product_specs WHERE product_id = products.id ORDER BY line))
FROM products `
	selectProducts  = productColumns + `WHERE id IN (SELECT value FROM json_each(?))`
	selectCatalogue = productColumns + `WHERE number > 0 ORDER BY number LIMIT ?`

	orderColumns = `
SELECT id, total_cents, date, status, shipping_address, tracking_number, (
  SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity))
  FROM (SELECT product_id, quantity FROM order_items WHERE order_id = orders.id ORDER BY line))
FROM orders `
	selectOrder    = orderColumns + `WHERE id = ?`
	selectOrdersOf = orderColumns + `WHERE user_id = ? ORDER BY date DESC, number DESC LIMIT ?`

	selectPurchases = `
SELECT product_id, category, quantity, CASE status WHEN 'delivered' THEN date ELSE '' END, rating_tenths, reviews
FROM orders JOIN order_items ON order_id = orders.id JOIN products ON products.id = product_id
WHERE user_id = ? AND status <> 'cancelled'`

	selectBest = `
SELECT id FROM products WHERE rating_tenths > 0 ORDER BY rating_tenths DESC, reviews DESC, id LIMIT ?`
	selectBestOfCategory = `
SELECT id FROM products WHERE category = ? AND rating_tenths > 0 ORDER BY rating_tenths DESC, reviews DESC, id LIMIT ?`
)

// store is the monolith's questions to its database.
type store struct {
	user, products, first, order, ordersOf, purchases, best, bestOfCategory *sql.Stmt
}

func newStore(ctx context.Context, db *sql.DB) (*store, error) {
	s := &store{}
	err := database.Prepare(ctx, db, map[string]**sql.Stmt{
		selectUser:           &s.user,
		selectProducts:       &s.products,
		selectCatalogue:      &s.first,
		selectOrder:          &s.order,
		selectOrdersOf:       &s.ordersOf,
		selectPurchases:      &s.purchases,
		selectBest:           &s.best,
		selectBestOfCategory: &s.bestOfCategory,
	})
	return s, err
}

// userByID returns a user, or a 404.
func (s *store) userByID(ctx context.Context, id string) (user, error) {
	return byID(ctx, s.user, (*user).cells, id, "no such user")
}

// orderByID returns an order, or a 404.
func (s *store) orderByID(ctx context.Context, id string) (order, error) {
	return byID(ctx, s.order, (*order).cells, id, "no such order")
}

func byID[T any](ctx context.Context, query *sql.Stmt, cells func(*T) []any, id, missing string) (T, error) {
	row, found, err := database.One(ctx, query, cells, id)
	if err == nil && !found {
		err = endpoint.NotFound(missing)
	}
	return row, err
}

// productsByIDs returns the products in the order asked for, without the
// unknown ones.
func (s *store) productsByIDs(ctx context.Context, ids []string) ([]product, error) {
	return database.Listed(ctx, s.products, (*product).cells, func(p *product) string { return p.ID }, ids)
}

// catalogue returns the first products for sale.
func (s *store) catalogue(ctx context.Context, limit int) ([]product, error) {
	return database.All(ctx, s.first, (*product).cells, limit)
}

// ordersOfUser returns a user's newest orders, none for someone unknown.
func (s *store) ordersOfUser(ctx context.Context, userID string, limit int) ([]order, error) {
	return database.All(ctx, s.ordersOf, (*order).cells, userID, limit)
}

// PurchasesOf returns all that a user bought, order by order.
func (s *store) PurchasesOf(ctx context.Context, userID string) ([]recommend.Purchase, error) {
	return database.All(ctx, s.purchases, (*recommend.Purchase).Cells, userID)
}

// BestIDs returns the ids of the best rated products.
func (s *store) BestIDs(ctx context.Context, limit int) ([]string, error) {
	return database.All(ctx, s.best, database.Cell[string], limit)
}

// BestIDsOf is BestIDs within one category.
func (s *store) BestIDsOf(ctx context.Context, category string, limit int) ([]string, error) {
	return database.All(ctx, s.bestOfCategory, database.Cell[string], category, limit)
}
