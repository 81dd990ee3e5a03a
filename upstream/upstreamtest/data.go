package upstreamtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The sizes of the data. There are as many users as there are ids: every id is a
// user, but that one which begins with "missing" is unknown everywhere, and one
// which begins with "empty" is a user without recommendations and orders.
const (
	// RecommendedCount is the number of products recommended for each user, with
	// the ids {user}_prod_1 and so on.
	RecommendedCount = 50
	// OrderCount is the number of orders of each user, newest first, with the ids
	// {user}_order_1 and so on.
	OrderCount = 20
	// CatalogueCount is the number of products that belong to nobody, prod_1 and
	// so on. These are what orders are made of.
	CatalogueCount = 200
)

type user struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Email          string `json:"email"`
	ProfilePicture string `json:"profile_picture"`
	Bio            string `json:"bio"`
	Location       string `json:"location"`
	JoinedDate     string `json:"joined_date"`
	InternalNote   string `json:"internal_note"`
}

type product struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Price        json.Number       `json:"price"`
	Image        string            `json:"image"`
	Description  string            `json:"description"`
	Specs        map[string]string `json:"specs"`
	Reviews      int               `json:"reviews"`
	Rating       json.Number       `json:"rating"`
	InternalNote string            `json:"internal_note"`
}

type order struct {
	ID              string      `json:"id"`
	Date            string      `json:"date"`
	Total           json.Number `json:"total"`
	Status          string      `json:"status"`
	Items           []item      `json:"items"`
	ShippingAddress string      `json:"shipping_address"`
	TrackingNumber  string      `json:"tracking_number"`
	InternalNote    string      `json:"internal_note"`
}

type item struct {
	ProductID string `json:"product_id"`
	Quantity  int    `json:"quantity"`
}

func userByID(id string) (user, bool) {
	return user{
		ID:             id,
		Name:           "Name of " + id,
		Email:          id + "@example.com",
		ProfilePicture: image(id, "me.jpg"),
		Bio:            "Bio of " + id,
		Location:       "Town of " + id,
		JoinedDate:     day(len(id)),
		InternalNote:   Secret,
	}, !isMissing(id)
}

// productByID knows the catalogue and what is recommended.
func productByID(id string) (product, bool) {
	if n, ok := numbered(id, "prod_", CatalogueCount); ok {
		return newProduct(id, id, n), true
	}
	owner, n, ok := owned(id, "_prod_", RecommendedCount)
	return recommendedProduct(owner, n), ok
}

func orderByID(id string) (order, bool) {
	owner, n, ok := owned(id, "_order_", OrderCount)
	return newOrder(owner, n), ok
}

func recommendedProduct(user string, n int) product {
	return newProduct(user+"_prod_"+strconv.Itoa(n), user, n)
}

func newProduct(id, owner string, n int) product {
	// The endings take turns: only the first two are ".jpg" to a TV.
	endings := []string{".jpg", ".jpg?v=2", ".png", "_hd.webp"}
	return product{
		ID:           id,
		Name:         fmt.Sprintf("Product %d for %s", n, owner),
		Price:        amount(n),
		Image:        image(owner, "p"+strconv.Itoa(n)+endings[(n-1)%len(endings)]),
		Description:  fmt.Sprintf("What %s gets, number %d", owner, n),
		Specs:        map[string]string{"ram": "16GB for " + owner, "storage": "512GB SSD for " + owner},
		Reviews:      100 + n,
		Rating:       [...]json.Number{"4.5", "4.50", "5", "0.1", "3.75"}[(n-1)%5],
		InternalNote: Secret,
	}
}

func newOrder(user string, n int) order {
	items := make([]item, 1+n%3)
	for i := range items {
		items[i] = item{ProductID: "prod_" + strconv.Itoa((7*n+i)%CatalogueCount+1), Quantity: i + 1}
	}
	return order{
		ID:              user + "_order_" + strconv.Itoa(n),
		Date:            day(n),
		Total:           amount(n),
		Status:          [...]string{"delivered to ", "on the way to ", "packed for "}[n%3] + user,
		Items:           items,
		ShippingAddress: fmt.Sprintf("%d Main Street, Town of %s", n, user),
		TrackingNumber:  fmt.Sprintf("TRK-%s-%d", user, n),
		InternalNote:    Secret,
	}
}

// amount gives the nth of a few numbers whose digits do not survive a float64, or
// the way through one to text and back.
func amount(n int) json.Number {
	amounts := []json.Number{"999.90", "0.1", "1e2", "12345678901234567890.12", "0.30000000000000004", "19.99", "5", "1.10E+3"}
	return amounts[(n-1)%len(amounts)]
}

func image(owner, file string) string {
	return "http://img.test/" + url.PathEscape(owner) + "/" + file
}

// day gives the date of n days before the first of February 2024.
func day(n int) string {
	return time.Date(2024, time.February, 1-n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func isMissing(id string) bool { return strings.HasPrefix(id, "missing") }

func hasNothing(user string) bool { return isMissing(user) || strings.HasPrefix(user, "empty") }

// owned takes {owner}{separator}{n} apart, n being 1 to count.
func owned(id, separator string, count int) (owner string, n int, ok bool) {
	i := strings.LastIndex(id, separator)
	if i < 1 || hasNothing(id) {
		return "", 1, false
	}
	n, ok = numbered(id[i:], separator, count)
	return id[:i], n, ok
}

// numbered takes {prefix}{n} apart, n being 1 to count and without a leading zero.
func numbered(id, prefix string, count int) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(id, prefix))
	if err != nil || n < 1 || n > count || prefix+strconv.Itoa(n) != id {
		return 1, false
	}
	return n, true
}
