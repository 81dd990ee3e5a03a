// Package stub is a fast fake of the user, product and order service, and of one
// of posts: every
// answer is bytes made before the first request, so that what is measured is
// whoever asks and not who answers. Each answer can be delayed, as by a service
// that has work to do.
//
// It speaks the wire format of the contract and knows nothing of who asks. As
// the worst case that the contract allows it ignores `limit` and always sends
// everything.
package stub

import (
	"encoding/json"
	"strconv"
	"time"
)

// How many products and orders are in each list.
const (
	ProductCount = 50
	OrderCount   = 20
)

// User is an answer of the user service, about 285 bytes of JSON.
type User struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Email          string `json:"email"`
	ProfilePicture string `json:"profile_picture"`
	Bio            string `json:"bio"`
	Location       string `json:"location"`
	JoinedDate     string `json:"joined_date"`
}

// Product is one product, about 375 bytes of JSON.
type Product struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Price       json.Number `json:"price"`
	Image       string      `json:"image"`
	Description string      `json:"description"`
	Specs       Specs       `json:"specs"`
	Reviews     int         `json:"reviews"`
	Rating      json.Number `json:"rating"`
}

// Specs are a product's technical details.
type Specs struct {
	RAM     string `json:"ram"`
	Storage string `json:"storage"`
}

// Order is one order of two lines, about 235 bytes of JSON.
type Order struct {
	ID              string      `json:"id"`
	Date            string      `json:"date"`
	Total           json.Number `json:"total"`
	Status          string      `json:"status"`
	Items           []Item      `json:"items"`
	ShippingAddress string      `json:"shipping_address"`
	TrackingNumber  string      `json:"tracking_number"`
}

// Item is one line of an order.
type Item struct {
	ProductID string `json:"product_id"`
	Quantity  int    `json:"quantity"`
}

// productID is the id of the nth product, counted from 0 and from either end.
func productID(n int) string {
	return "prod_" + strconv.Itoa((n%ProductCount+ProductCount)%ProductCount+1)
}

const userPrefix = "user_"

// UserID is the id of the nth user, counted from 0.
func UserID(n int) string { return userPrefix + strconv.Itoa(n+1) }

// NewUser returns the nth user, counted from 0.
func NewUser(n int) User {
	id := UserID(n)

	return User{
		ID:             id,
		Name:           "User Number " + strconv.Itoa(n+1),
		Email:          id + "@example.com",
		ProfilePicture: "https://img.example.com/users/" + id + ".jpg",
		Bio:            "Likes gadgets, long walks on the beach, good coffee in the morning and well-measured software.",
		Location:       "New York, NY",
		JoinedDate:     "2021-03-14",
	}
}

// Products returns what is recommended for every user, best first. Prices end in
// a digit that a float would lose.
func Products() []Product {
	const describe = "A great product with many features. It is made to last and easy to use. " +
		"Comes with two years of warranty, a cable and a manual, in a flat box that is made of recycled paper."

	ratings := []json.Number{"4.5", "4.50", "3.7", "5"}
	memory := []string{"8GB", "16GB", "32GB"}
	storage := []string{"128GB SSD", "256GB SSD", "512GB SSD", "1TB SSD"}
	products := make([]Product, ProductCount)

	for i := range products {
		id := strconv.Itoa(i + 1)
		products[i] = Product{
			ID:          productID(i),
			Name:        "Product Number " + id,
			Price:       json.Number(strconv.Itoa(1+i) + "99.90"),
			Image:       "https://img.example.com/products/prod_" + id + ".jpg",
			Description: describe,
			Specs:       Specs{RAM: memory[i%len(memory)], Storage: storage[i%len(storage)]},
			Reviews:     100 + i, //nolint:mnd // Three digits.
			Rating:      ratings[i%len(ratings)],
		}
	}

	return products
}

// OrderVariants is how many users in a row have bought different things each.
const OrderVariants = ProductCount

// Orders returns the nth user's orders, newest first. What was bought differs
// between one user and the next, and so do the calls for it.
func Orders(n int) []Order {
	newest := time.Date(2024, time.December, 28, 0, 0, 0, 0, time.UTC)
	statuses := []string{"processing", "shipped", "delivered"}
	orders := make([]Order, OrderCount)

	for i := range orders {
		id := strconv.Itoa(i + 1)
		orders[i] = Order{
			ID:              "order_" + id,
			Date:            newest.AddDate(0, -i, 0).Format(time.DateOnly),
			Total:           json.Number(strconv.Itoa(100+i) + ".50"), //nolint:mnd // Three digits before the point.
			Status:          statuses[min(i, len(statuses)-1)],
			Items:           []Item{{ProductID: productID(n + i), Quantity: 1}, {ProductID: productID(n - i - 1), Quantity: 2}}, //nolint:mnd // Another one, twice.
			ShippingAddress: "123 Main Street, New York, NY 10001",
			TrackingNumber:  "TRK123456789" + id,
		}
	}

	return orders
}
