package legacy

import (
	"context"
	"database/sql"
	"iter"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fillMonolith stores the whole shop.
func fillMonolith(ctx context.Context, tx *sql.Tx) error {
	users, products := seed.Users(), seed.Products()
	orders := seed.Orders(users, products)
	for _, table := range []struct {
		into string
		rows iter.Seq[[]any]
	}{
		{"users (id, name, email, bio, location, joined_date)", database.Rows(users, userRow)},
		{"products (id, name, category, description, price_cents, rating_tenths, reviews)", database.Rows(products, productRow)},
		{"product_specs (product_id, line, name, value)", database.PartRows(products, specsOf, specRow)},
		{"orders (id, user_id, date, total_cents, status, shipping_address, tracking_number)", database.Rows(orders, orderRow)},
		{"order_items (order_id, line, product_id, quantity)", database.PartRows(orders, itemsOf, itemRow)},
	} {
		if err := database.Insert(ctx, tx, table.into, table.rows); err != nil {
			return err
		}
	}
	return nil
}

func userRow(u seed.User) []any {
	return []any{u.ID, u.Name, u.Email, u.Bio, u.Location, u.JoinedDate}
}

func productRow(p seed.Product) []any {
	return []any{p.ID, p.Name, p.Category, p.Description, p.Price, p.Rating, p.Reviews}
}

func specsOf(p seed.Product) []seed.Spec { return p.Specs }

func specRow(p seed.Product, line int, spec seed.Spec) []any {
	return []any{p.ID, line, spec.Name, spec.Value}
}

func orderRow(o seed.Order) []any {
	tracking := sql.Null[string]{V: o.TrackingNumber, Valid: o.TrackingNumber != ""}
	return []any{o.ID, o.UserID, o.Date, o.Total, o.Status, o.ShippingAddress, tracking}
}

func itemsOf(o seed.Order) []seed.Item { return o.Items }

func itemRow(o seed.Order, line int, item seed.Item) []any {
	return []any{o.ID, line, item.ProductID, item.Quantity}
}
