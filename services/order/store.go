package order

import (
	"context"
	"database/sql"
	"encoding/json"

	"storefront/services/internal/database"
	"storefront/services/internal/decimal"
	"storefront/services/internal/endpoint"
)

// order is one order as the service answers with it. The database writes the
// items as JSON: [{"product_id": …, "quantity": …}, …].
type order struct {
	ID              string          `json:"id"`
	Date            string          `json:"date"`
	Total           decimal.Cents   `json:"total"`
	Status          string          `json:"status"`
	Items           json.RawMessage `json:"items"`
	ShippingAddress string          `json:"shipping_address"`
	TrackingNumber  *string         `json:"tracking_number"`
}

const (
	columns = `
SELECT id, date, total_cents, status, shipping_address, tracking_number, (
  SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity))
  FROM (SELECT product_id, quantity FROM order_items WHERE order_id = orders.id ORDER BY line))
FROM orders `

	selectOrder    = columns + `WHERE id = ?`
	selectOrdersOf = columns + `WHERE user_id = ? ORDER BY date DESC, number DESC LIMIT ?`
)

// store is the service's questions to its database.
type store struct {
	order, ordersOf *sql.Stmt
}

func newStore(ctx context.Context, db *sql.DB) (*store, error) {
	s := &store{}
	err := database.Prepare(ctx, db, map[string]**sql.Stmt{selectOrder: &s.order, selectOrdersOf: &s.ordersOf})
	return s, err
}

// byID returns an order, or a 404.
func (s *store) byID(ctx context.Context, id string) (order, error) {
	o, found, err := database.One(ctx, s.order, (*order).cells, id)
	if err != nil {
		return order{}, err
	}
	if !found {
		return order{}, endpoint.NotFound("no such order")
	}
	return o, nil
}

// ofUser returns a user's newest orders, none for someone unknown.
func (s *store) ofUser(ctx context.Context, userID string, limit int) ([]order, error) {
	return database.All(ctx, s.ordersOf, (*order).cells, userID, limit)
}

func (o *order) cells() []any {
	return []any{&o.ID, &o.Date, &o.Total, &o.Status, &o.ShippingAddress, &o.TrackingNumber, (*[]byte)(&o.Items)}
}
