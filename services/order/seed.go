package order

import (
	"context"
	"database/sql"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fill stores the shop's orders and their items.
func fill(ctx context.Context, tx *sql.Tx) error {
	orders := seed.Orders(seed.Users(), seed.Products())
	err := database.Insert(ctx, tx,
		"orders (id, user_id, date, total_cents, status, shipping_address, tracking_number)", database.Rows(orders, row))
	if err != nil {
		return err
	}
	return database.Insert(ctx, tx, "order_items (order_id, line, product_id, quantity)", database.PartRows(orders, items, itemRow))
}

func row(o seed.Order) []any {
	tracking := sql.Null[string]{V: o.TrackingNumber, Valid: o.TrackingNumber != ""}
	return []any{o.ID, o.UserID, o.Date, o.Total, o.Status, o.ShippingAddress, tracking}
}

func items(o seed.Order) []seed.Item { return o.Items }

func itemRow(o seed.Order, line int, item seed.Item) []any {
	return []any{o.ID, line, item.ProductID, item.Quantity}
}
