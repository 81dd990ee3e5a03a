package workload

import (
	"encoding/json"
	"net/http"

	"storefront/bench/internal/stub"
)

// dashboardQuery asks for every field of the web dashboard.
const dashboardQuery = `query Dashboard($id: ID!) {
  dashboard(userId: $id) {
    user { id name email profilePicture bio location joinedDate }
    recommendedProducts(first: 10) { id name price image description specs { name value } reviews rating }
    recentOrders(first: 5) { id date total status items { productId quantity } shippingAddress trackingNumber }
  }
}`

// WebGraphQL is the web dashboard over GraphQL, every field of it.
func WebGraphQL() *Workload {
	return &Workload{
		Name: "web dashboard (GraphQL)", Key: "web", Target: "web", Method: http.MethodPost,
		Header: graphQLHeader(), Path: graphQLPath, Body: operation(dashboardQuery), Mark: nameOf,
		Want: func(n int) any {
			return object{"data": object{"dashboard": object{
				"user":                graphUser(stub.NewUser(n)),
				"recommendedProducts": each(stub.Products()[:webProducts], graphProduct),
				"recentOrders":        each(stub.Orders(n)[:webOrders], graphOrder),
			}}}
		},
	}
}

// ordersQuery asks for orders, what was ordered, and what that is: a query that
// takes 41 calls where each thing is asked for alone.
const ordersQuery = `query Orders($id: ID!) {
  dashboard(userId: $id) {
    recentOrders(first: 20) { id date total status items { quantity product { id name price image rating } } }
  }
}`

// WebOrders is the orders of a user with the products in them, over GraphQL.
func WebOrders() *Workload {
	newest := `"` + stub.Orders(0)[0].ID + `"` // All users have the same.

	return &Workload{
		Name: "web orders with products (GraphQL)", Key: "web-orders", Target: "web", Method: http.MethodPost,
		Header: graphQLHeader(), Path: graphQLPath, Body: operation(ordersQuery),
		Mark: func(int) string { return newest },
		Want: func(n int) any {
			products := map[string]stub.Product{}
			for _, p := range stub.Products() {
				products[p.ID] = p
			}

			return object{"data": object{"dashboard": object{"recentOrders": each(stub.Orders(n), func(o stub.Order) object {
				return object{"id": o.ID, "date": o.Date, "total": o.Total, "status": o.Status, "items": each(o.Items, func(i stub.Item) object {
					p := products[i.ProductID]

					return object{"quantity": i.Quantity, "product": object{
						"id": p.ID, "name": p.Name, "price": p.Price, "image": p.Image, "rating": p.Rating,
					}}
				})}
			})}}}
		},
	}
}

func graphQLHeader() []string {
	return []string{"Content-Type: application/json", "Accept: application/graphql-response+json, application/json;q=0.9"}
}

func graphQLPath(string) string { return "/graphql" }

// operation returns the body of a query with the variable id.
func operation(query string) func(userID string) string {
	quoted, err := json.Marshal(query)
	if err != nil {
		panic(err) // A string can always be written.
	}

	before := `{"query":` + string(quoted) + `,"variables":{"id":"`

	return func(userID string) string { return before + userID + `"}}` }
}

func graphUser(u stub.User) object {
	return object{
		"id": u.ID, "name": u.Name, "email": u.Email, "profilePicture": u.ProfilePicture,
		"bio": u.Bio, "location": u.Location, "joinedDate": u.JoinedDate,
	}
}

func graphProduct(p stub.Product) object {
	return object{
		"id": p.ID, "name": p.Name, "price": p.Price, "image": p.Image, "description": p.Description,
		"specs":   []object{{"name": "ram", "value": p.Specs.RAM}, {"name": "storage", "value": p.Specs.Storage}},
		"reviews": p.Reviews, "rating": p.Rating,
	}
}

func graphOrder(o stub.Order) object {
	return object{
		"id": o.ID, "date": o.Date, "total": o.Total, "status": o.Status,
		"items": each(o.Items, func(i stub.Item) object {
			return object{"productId": i.ProductID, "quantity": i.Quantity}
		}),
		"shippingAddress": o.ShippingAddress, "trackingNumber": o.TrackingNumber,
	}
}
