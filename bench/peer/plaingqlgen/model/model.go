// Package model is what the services answer, decoded by encoding/json and bound
// to the types of the schema.
package model

// Dashboard is a user's page.
type Dashboard struct{ UserID string }

// User is an answer of the user service.
type User struct {
	ID             string  `json:"id"`
	Name           string  `json:"name"`
	Email          *string `json:"email"`
	ProfilePicture *string `json:"profile_picture"`
	Bio            *string `json:"bio"`
	Location       *string `json:"location"`
	JoinedDate     *string `json:"joined_date"`
}

// Product is one product.
type Product struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Price       float64  `json:"price"`
	Image       *string  `json:"image"`
	Description *string  `json:"description"`
	Details     Details  `json:"specs"`
	Reviews     *int     `json:"reviews"`
	Rating      *float64 `json:"rating"`
}

// Details are a product's technical details.
type Details struct {
	RAM     string `json:"ram"`
	Storage string `json:"storage"`
}

// Specs are the details as the schema has them.
func (p *Product) Specs() []*Spec {
	return []*Spec{{Name: "ram", Value: p.Details.RAM}, {Name: "storage", Value: p.Details.Storage}}
}

// Spec is one technical detail.
type Spec struct{ Name, Value string }

// Order is one order.
type Order struct {
	ID              string       `json:"id"`
	Date            string       `json:"date"`
	Total           float64      `json:"total"`
	Status          string       `json:"status"`
	Items           []*OrderItem `json:"items"`
	ShippingAddress *string      `json:"shipping_address"`
	TrackingNumber  *string      `json:"tracking_number"`
}

// OrderItem is one line of an order.
type OrderItem struct {
	ProductID string `json:"product_id"`
	Quantity  int    `json:"quantity"`
}

// Post is one post.
type Post struct {
	ID     int    `json:"id"`
	UserID int    `json:"userId"` //nolint:tagliatelle // As the service spells it.
	Title  string `json:"title"`
	Body   string `json:"body"`
}

// PostUser is who wrote posts.
type PostUser struct {
	ID       int     `json:"id"`
	Name     string  `json:"name"`
	Username string  `json:"username"`
	Email    string  `json:"email"`
	Phone    *string `json:"phone"`
	Website  *string `json:"website"`
}
