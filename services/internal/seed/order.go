package seed

import (
	"fmt"
	"math/rand/v2"

	"storefront/services/internal/decimal"
)

// The states an order can be in.
const (
	Processing = "processing"
	Shipped    = "shipped"
	Delivered  = "delivered"
	Cancelled  = "cancelled"
)

// Order is one purchase. Date is YYYY-MM-DD, Total the exact sum of its items,
// and TrackingNumber empty as long as nothing was sent.
type Order struct {
	ID, UserID, Date, Status        string
	Total                           decimal.Cents
	Items                           []Item
	ShippingAddress, TrackingNumber string
}

// Item is one line of an order. No two lines name the same product.
type Item struct {
	ProductID string
	Quantity  int
}

// lastDay is the day the shop was photographed: 2024-12-31, counted from
// 2023-01-01. What was ordered shortly before it is still on its way.
const lastDay = 730

// Orders returns every order, order_1 first. From order_2 on they are numbered
// by date. It wants the whole of Users and Products, whose addresses and prices
// it uses.
func Orders(users []User, products []Product) []Order {
	orders := make([]Order, 0, OrderCount)
	orders = append(orders, firstOrder(users[0], products[0]))
	for n := 2; n <= OrderCount; n++ {
		orders = append(orders, newOrder(users, products, n))
	}
	return orders
}

// firstOrder is the order of the guide. It is the newest of user_1.
func firstOrder(john User, laptop Product) Order {
	return Order{
		ID: orderID(1), UserID: john.ID, Date: "2024-01-15", Status: Delivered, Total: laptop.Price,
		Items: []Item{{laptop.ID, 1}}, ShippingAddress: john.Address, TrackingNumber: "TRK123456",
	}
}

func newOrder(users []User, products []Product, n int) Order {
	roll := dice(orderDice, n)
	buyer := buyerOf(roll, n)
	after := (n - 2) * lastDay / (OrderCount - 2)
	order := Order{
		ID: orderID(n), UserID: users[buyer].ID, Date: day(2023, after), Status: status(roll, lastDay-after),
		ShippingAddress: users[buyer].Address,
	}
	if order.Status == Shipped || order.Status == Delivered {
		order.TrackingNumber = fmt.Sprintf("TRK%06d", 200_000+n*137)
	}
	order.fill(roll, buyer, products)
	return order
}

// buyerOf is the index of the user who placed order n. Early customers buy more
// often, some of the late ones never did. The early orders of user_1 are few
// and fixed, so that the one of the guide stays their newest.
func buyerOf(roll *rand.Rand, n int) int {
	switch n {
	case 240, 910, 1630, 2380:
		return 0
	default:
		return 1 + min(roll.IntN(UserCount-1), roll.IntN(UserCount-1))
	}
}

// status follows from how many days ago the order was placed.
func status(roll *rand.Rand, daysAgo int) string {
	switch {
	case roll.IntN(100) < 6:
		return Cancelled
	case daysAgo < 4+roll.IntN(3):
		return Processing
	case daysAgo < 10+roll.IntN(8):
		return Shipped
	default:
		return Delivered
	}
}

// fill puts one to four lines into the order and adds up what they cost.
func (o *Order) fill(roll *rand.Rand, buyer int, products []Product) {
	for range 1 + min(roll.IntN(4), roll.IntN(4)) {
		product := products[wish(roll, buyer)]
		if o.holds(product.ID) {
			continue
		}
		quantity := 1
		if product.Price < 5000 {
			quantity += min(roll.IntN(4), roll.IntN(4))
		}
		o.Items = append(o.Items, Item{product.ID, quantity})
		o.Total += product.Price * decimal.Cents(quantity)
	}
}

func (o *Order) holds(productID string) bool {
	for _, item := range o.Items {
		if item.ProductID == productID {
			return true
		}
	}
	return false
}

// wish is the index of a product the buyer might want: three times out of four
// it is in one of their three favourite categories.
func wish(roll *rand.Rand, buyer int) int {
	if roll.IntN(4) == 0 {
		return roll.IntN(ProductCount)
	}
	favourites := []int{buyer, 5*buyer + 6, 7*buyer + 9} // never two the same modulo 12
	category := favourites[roll.IntN(len(favourites))] % categoryCount
	return category + categoryCount*roll.IntN(ProductCount/categoryCount)
}
