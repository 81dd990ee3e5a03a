package upstreamtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// dataHandler serves the data of the services named, as the contract has it and
// strictly: a request that the contract does not know gets 400, 404 or 405.
func dataHandler(services ...Service) http.Handler {
	mux := http.NewServeMux()
	if slices.Contains(services, User) {
		mux.HandleFunc("GET /users/{id}", one(userByID))
	}
	if slices.Contains(services, Product) {
		mux.HandleFunc("GET /products", products)
		mux.HandleFunc("GET /products/{id}", one(productByID))
	}
	if slices.Contains(services, Order) {
		mux.HandleFunc("GET /orders", recentOrders)
		mux.HandleFunc("GET /orders/{id}", one(orderByID))
	}
	if slices.Contains(services, Customer) {
		mux.HandleFunc("GET /cust/{id}", one(customerByID))
	}
	return mux
}

// one serves what the id in the path stands for, or 404.
func one[T any](byID func(id string) (T, bool)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		value, ok := byID(r.PathValue("id"))
		if !ok {
			writeNotFound(w)
			return
		}
		writeJSON(w, value)
	}
}

func products(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("ids") {
		productsByIDs(w, r)
		return
	}
	recommended(w, r)
}

// productsByIDs answers in an order other than was asked, as it is free to.
func productsByIDs(w http.ResponseWriter, r *http.Request) {
	ids := strings.Split(r.URL.Query().Get("ids"), ",")
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids)
	found := []product{}
	for _, id := range ids {
		if p, ok := productByID(id); ok {
			found = append(found, p)
		}
	}
	writeJSON(w, found)
}

func recommended(w http.ResponseWriter, r *http.Request) {
	list(w, r, RecommendedCount, recommendedProduct)
}

func recentOrders(w http.ResponseWriter, r *http.Request) {
	list(w, r, OrderCount, newOrder)
}

// list serves what belongs to the user asked for, from the first on, as many as
// there are or as limit allows.
func list[T any](w http.ResponseWriter, r *http.Request, count int, nth func(user string, n int) T) {
	query := r.URL.Query()
	user := query.Get("user_id")
	if query.Has("limit") {
		limit, err := strconv.Atoi(query.Get("limit"))
		if err != nil || limit < 1 {
			writeBadRequest(w, "limit")
			return
		}
		count = min(count, limit)
	}
	if user == "" {
		writeBadRequest(w, "user_id")
		return
	}
	if hasNothing(user) {
		count = 0
	}
	values := make([]T, count)
	for i := range values {
		values[i] = nth(user, i+1)
	}
	writeJSON(w, values)
}

func writeNotFound(w http.ResponseWriter) {
	writeBody(w, http.StatusNotFound, []byte(`{"error":"not found, `+Secret+`"}`))
}

func writeBadRequest(w http.ResponseWriter, parameter string) {
	writeBody(w, http.StatusBadRequest, []byte(`{"error":"bad `+parameter+`, `+Secret+`"}`))
}

func writeJSON(w http.ResponseWriter, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // the data is our own
	}
	writeBody(w, http.StatusOK, body)
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	if status == http.StatusNoContent || status == http.StatusNotModified {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // it is JSON of our own; it fails where the client has left
}
