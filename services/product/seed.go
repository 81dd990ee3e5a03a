package product

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fill stores the shop's products and who bought them.
func fill(ctx context.Context, tx *sql.Tx) error {
	products := seed.Products()
	err := database.Insert(ctx, tx,
		"products (id, name, category, price_cents, description, specs, reviews, rating_tenths)", database.Rows(products, row))
	if err != nil {
		return err
	}
	orders := seed.Orders(seed.Users(), products)
	return database.Insert(ctx, tx, "purchases (user_id, product_id, quantity, last_delivered)", purchaseRows(orders))
}

func row(p seed.Product) []any {
	return []any{p.ID, p.Name, p.Category, p.Price, p.Description, object(p.Specs), p.Reviews, p.Rating}
}

// object writes specs as a JSON object that keeps their order.
func object(specs []seed.Spec) string {
	var text bytes.Buffer
	for i, spec := range specs {
		text.WriteByte("{,"[min(i, 1)])
		text.Write(quoted(spec.Name))
		text.WriteByte(':')
		text.Write(quoted(spec.Value))
	}
	text.WriteByte('}')
	return text.String()
}

func quoted(text string) []byte {
	encoded, err := json.Marshal(text)
	if err != nil { // a string always encodes
		panic(err)
	}
	return encoded
}

// purchaseRows sums the orders up by user and product, in the order in which
// each first bought each.
func purchaseRows(orders []seed.Order) iter.Seq[[]any] {
	type key struct{ userID, productID string }
	type sum struct {
		quantity      int
		lastDelivered sql.Null[string]
	}
	var keys []key
	sums := map[key]*sum{}
	for _, order := range orders {
		if order.Status == seed.Cancelled {
			continue
		}
		for _, item := range order.Items {
			k := key{order.UserID, item.ProductID}
			if sums[k] == nil {
				keys, sums[k] = append(keys, k), &sum{}
			}
			sums[k].quantity += item.Quantity
			if order.Status == seed.Delivered && order.Date > sums[k].lastDelivered.V {
				sums[k].lastDelivered = sql.Null[string]{V: order.Date, Valid: true}
			}
		}
	}
	return func(yield func([]any) bool) {
		for _, k := range keys {
			if !yield([]any{k.userID, k.productID, sums[k].quantity, sums[k].lastDelivered}) {
				return
			}
		}
	}
}
