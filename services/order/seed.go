package order

import (
	"context"
	"database/sql"
	"iter"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fill stores the shop's orders and their items.
func fill(ctx context.Context, tx *sql.Tx) error {
	orders := seed.Orders(seed.Users(), seed.Products())
	err := database.Insert(ctx, tx,
		"orders (id, user_id, date, total_cents, status, shipping_address, tracking_number)", orderRows(orders))
	if err != nil {
		return err
	}
	return database.Insert(ctx, tx, "order_items (order_id, line, product_id, quantity)", itemRows(orders))
}

func orderRows(orders []seed.Order) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, o := range orders {
			tracking := sql.Null[string]{V: o.TrackingNumber, Valid: o.TrackingNumber != ""}
			if !yield([]any{o.ID, o.UserID, o.Date, o.Total, o.Status, o.ShippingAddress, tracking}) {
				return
			}
		}
	}
}

func itemRows(orders []seed.Order) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, o := range orders {
			for line, item := range o.Items {
				if !yield([]any{o.ID, line, item.ProductID, item.Quantity}) {
					return
				}
			}
		}
	}
}
