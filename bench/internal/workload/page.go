package workload

import (
	"encoding/json"
	"net/http"
	"strings"

	"storefront/bench/internal/stub"
)

// object is a JSON object.
type object map[string]any

// How much the screens show.
const (
	mobileProducts, mobileOrders = 5, 3
	webProducts, webOrders       = 10, 5
	tvProducts                   = 20
)

// Mobile is the mobile dashboard.
func Mobile() *Workload {
	return &Workload{
		Name: "mobile dashboard", Key: "mobile", Target: "mobile", Method: http.MethodGet,
		Path: func(id string) string { return "/api/dashboard/" + id },
		Mark: nameOf,
		Want: func(n int) any {
			user := stub.NewUser(n)

			return object{
				"user": object{"name": user.Name, "profile_picture": user.ProfilePicture},
				"recommended_products": each(stub.Products()[:mobileProducts], func(p stub.Product) object {
					return object{"id": p.ID, "name": p.Name, "price": p.Price, "image": p.Image}
				}),
				"recent_orders": each(stub.Orders(n)[:mobileOrders], func(o stub.Order) object {
					return object{"id": o.ID, "total": o.Total, "status": o.Status}
				}),
			}
		},
	}
}

// WebREST is the web dashboard over REST.
func WebREST() *Workload {
	return &Workload{
		Name: "web dashboard (REST)", Key: "web-rest", Target: "web", Method: http.MethodGet,
		Path: func(id string) string { return "/api/dashboard/" + id },
		Mark: nameOf,
		Want: func(n int) any {
			return object{
				"user":                 stub.NewUser(n),
				"recommended_products": stub.Products()[:webProducts],
				"recent_orders":        stub.Orders(n)[:webOrders],
			}
		},
	}
}

// TV is the TV browse page.
func TV() *Workload {
	first := `"` + stub.Products()[0].ID + `"` // The page shows nothing of its user.

	return &Workload{
		Name: "TV browse", Key: "tv", Target: "tv", Method: http.MethodGet,
		Path: func(id string) string { return "/api/browse/" + id },
		Mark: func(int) string { return first },
		Want: func(int) any {
			return object{"products": each(stub.Products()[:tvProducts], func(p stub.Product) object {
				return object{
					"id": p.ID, "name": p.Name, "price": p.Price, "rating": p.Rating,
					"image_hd": strings.TrimSuffix(p.Image, ".jpg") + "_hd.jpg",
				}
			})}
		},
	}
}

// Upstream is the user service itself, without a BFF: what the others can at
// best come near to.
func Upstream() *Workload {
	return &Workload{
		Name: "user service itself", Key: "user", Target: "user", Method: http.MethodGet,
		Path: func(id string) string { return "/users/" + id },
		Mark: nameOf,
		Want: func(n int) any { return stub.NewUser(n) },
	}
}

// Products is the product service itself: the longest answer of any service.
func Products() *Workload {
	first := `"` + stub.Products()[0].ID + `"` // All users get the same.

	return &Workload{
		Name: "product service itself", Key: "product", Target: "product", Method: http.MethodGet,
		Path: func(id string) string { return "/products?user_id=" + id },
		Mark: func(int) string { return first },
		Want: func(int) any { return stub.Products() },
	}
}

// each shapes every element of a list.
func each[T any](list []T, shape func(T) object) []object {
	shaped := make([]object, len(list))
	for i, value := range list {
		shaped[i] = shape(value)
	}

	return shaped
}

// nameOf is the nth user's name as a JSON string.
func nameOf(n int) string {
	name, err := json.Marshal(stub.NewUser(n).Name)
	if err != nil {
		panic(err) // A string can always be written.
	}

	return string(name)
}
