package main

// dashboard is the page of mobile and web.
type dashboard[U, P, O any] struct {
	User     U   `json:"user"`
	Products []P `json:"recommended_products"`
	Orders   []O `json:"recent_orders"`
}

type user struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Email          string `json:"email"`
	ProfilePicture string `json:"profile_picture"`
	Bio            string `json:"bio"`
	Location       string `json:"location"`
	JoinedDate     string `json:"joined_date"`
}

type product struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Price       float64           `json:"price"`
	Image       string            `json:"image"`
	Description string            `json:"description"`
	Specs       map[string]string `json:"specs"`
	Reviews     int               `json:"reviews"`
	Rating      float64           `json:"rating"`
}

type order struct {
	ID              string  `json:"id"`
	Date            string  `json:"date"`
	Total           float64 `json:"total"`
	Status          string  `json:"status"`
	Items           []item  `json:"items"`
	ShippingAddress string  `json:"shipping_address"`
	TrackingNumber  string  `json:"tracking_number"`
}

type item struct {
	ProductID string `json:"product_id"`
	Quantity  int    `json:"quantity"`
}

type mobileUser struct {
	Name           string `json:"name"`
	ProfilePicture string `json:"profile_picture"`
}

type mobileProduct struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Price float64 `json:"price"`
	Image string  `json:"image"`
}

type mobileOrder struct {
	ID     string  `json:"id"`
	Total  float64 `json:"total"`
	Status string  `json:"status"`
}

// tvSource is what the TV page reads of a product.
type tvSource struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Price  float64 `json:"price"`
	Image  string  `json:"image"`
	Rating float64 `json:"rating"`
}

// browse is the page of the TV.
type browse struct {
	Products []tvProduct `json:"products"`
}

type tvProduct struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Price   float64 `json:"price"`
	ImageHD string  `json:"image_hd"`
	Rating  float64 `json:"rating"`
}
