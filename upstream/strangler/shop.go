package strangler

// known is a path of the shop's old API, and what became of it.
type known struct {
	service string
	Path
}

// shopPaths are the paths that a file may name without a word more. The old
// system says little of a user and of an order by itself, and all it knows where
// it is asked for detail=full.
func shopPaths() []known {
	const full = "detail=full"

	return []known{
		{"user", Path{Old: "/api/users/{id}", New: "/users/{id}", OldQuery: full, User: "id"}},
		{"product", Path{Old: "/api/products", New: "/products"}},
		{"product", Path{Old: "/api/products/{id}", New: "/products/{id}"}},
		{"order", Path{Old: "/api/orders", New: "/orders"}},
		{"order", Path{Old: "/api/orders/{id}", New: "/orders/{id}", OldQuery: full}},
	}
}

// shopPath is what became of a path of the shop's old API, whatever its
// variables are called.
func shopPath(old string) (known, bool) {
	for _, k := range shopPaths() {
		if anyName(k.Old) == anyName(old) {
			return k, true
		}
	}

	return known{}, false
}

// Shop is a file with the routes of the shop, all of them in one mode.
func Shop(mode Mode) File {
	return File{Routes: []Route{
		{Name: "users", Paths: []Path{{Old: "/api/users/{id}"}}, Mode: mode},
		{Name: "products", Paths: []Path{{Old: "/api/products"}, {Old: "/api/products/{id}"}}, Mode: mode},
		{Name: "orders", Paths: []Path{{Old: "/api/orders"}, {Old: "/api/orders/{id}"}}, Mode: mode},
	}}
}
