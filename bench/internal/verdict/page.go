package verdict

import (
	"strings"
	"time"

	"storefront/bench/internal/workload"
	"storefront/upstream/upstreamtest"
)

// Page is one page of one BFF.
type Page struct {
	*workload.Workload

	// Budget is the most time that the BFF gives itself, unless set otherwise.
	Budget time.Duration

	sections []section
	graph    bool // over GraphQL
}

// section is one part of a page.
type section struct {
	name    string
	service upstreamtest.Service
	limit   int // how many of a list are shown
	shape   shape
}

// Budgets as the contract has them.
const (
	webBudget    = 2 * time.Second
	mobileBudget = time.Second
	tvBudget     = time.Second
)

// How many of each list a page shows.
const (
	mobileProducts, mobileOrders = 5, 3
	webProducts, webOrders       = 10, 5
	tvProducts                   = 20
)

// Mobile is the mobile dashboard.
func Mobile() *Page {
	return &Page{Workload: workload.Mobile(), Budget: mobileBudget, sections: []section{
		{name: "user", service: upstreamtest.User, shape: fields("name", "profile_picture")},
		{name: "recommended_products", service: upstreamtest.Product, limit: mobileProducts, shape: fields("id", "name", "price", "image")},
		{name: "recent_orders", service: upstreamtest.Order, limit: mobileOrders, shape: fields("id", "total", "status")},
	}}
}

// TV is the TV browse page.
func TV() *Page {
	product := fields("id", "name", "price", "rating").with("image_hd", "image", inHD)

	return &Page{Workload: workload.TV(), Budget: tvBudget, sections: []section{
		{name: "products", service: upstreamtest.Product, limit: tvProducts, shape: product},
	}}
}

// WebREST is the web dashboard over REST.
func WebREST() *Page {
	return &Page{Workload: workload.WebREST(), Budget: webBudget, sections: []section{
		{name: "user", service: upstreamtest.User, shape: fields("id", "name", "email", "profile_picture", "bio", "location", "joined_date")},
		{
			name: "recommended_products", service: upstreamtest.Product, limit: webProducts,
			shape: fields("id", "name", "price", "image", "description", "specs", "reviews", "rating"),
		},
		{
			name: "recent_orders", service: upstreamtest.Order, limit: webOrders,
			shape: fields("id", "date", "total", "status", "shipping_address", "tracking_number").with("items", "items", each(fields("product_id", "quantity"))),
		},
	}}
}

// WebGraphQL is the web dashboard over GraphQL, every field of it.
func WebGraphQL() *Page {
	user := fields("id", "name", "email", "bio", "location").with("profilePicture", "profile_picture", same).with("joinedDate", "joined_date", same)
	order := fields("id", "date", "total", "status").
		with("items", "items", each(fields("quantity").with("productId", "product_id", same))).
		with("shippingAddress", "shipping_address", same).with("trackingNumber", "tracking_number", same)

	return &Page{Workload: workload.WebGraphQL(), Budget: webBudget, graph: true, sections: []section{
		{name: "user", service: upstreamtest.User, shape: user},
		{
			name: "recommendedProducts", service: upstreamtest.Product, limit: webProducts,
			shape: fields("id", "name", "price", "image", "description", "reviews", "rating").with("specs", "specs", pairs),
		},
		{name: "recentOrders", service: upstreamtest.Order, limit: webOrders, shape: order},
	}}
}

// Pages are all of them.
func Pages() []*Page { return []*Page{Mobile(), WebREST(), WebGraphQL(), TV()} }

// Needs reports whether the page has a section of a service.
func (p *Page) Needs(service upstreamtest.Service) bool {
	for _, s := range p.sections {
		if s.service == service {
			return true
		}
	}

	return false
}

// Alone reports whether all of the page is of one service.
func (p *Page) Alone(service upstreamtest.Service) bool {
	return len(p.sections) == 1 && p.Needs(service)
}

// inHD is the address of an image as a TV has it.
func inHD(value any) any {
	image, _ := value.(string)
	path, query, asks := strings.Cut(image, "?")

	stem, isJPG := strings.CutSuffix(path, ".jpg")
	if !isJPG {
		return image
	}

	if asks {
		query = "?" + query
	}

	return stem + "_hd.jpg" + query
}
