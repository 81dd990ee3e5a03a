// Package endpoint is how a service of the shop speaks HTTP: an endpoint turns
// a request into an answer or an error, and this package does the rest in one
// place: request ids, deadlines, entity tags, caching headers, problem details.
//
// It knows no users, products or orders and no database.
package endpoint

import (
	"log/slog"
	"net/http"
	"path"
)

// Func answers one request. It writes nothing itself, so that an error met half
// way never follows half an answer. An error made by this package reaches the
// client with its status; any other is logged and hidden behind a 500.
type Func func(r *http.Request) (Answer, error)

// Routes says which endpoint serves which path, in the words of
// [http.ServeMux]: "/users/{id}". All of them only read: GET and HEAD.
type Routes map[string]Func

// Handler serves the routes. The order of what stands around an endpoint is
// stated here and nowhere else.
func Handler(routes Routes) http.Handler {
	return identified(recovered(timed(routed(routes))))
}

// routed finds the endpoint. ServeMux would redirect an unclean path; here a
// thing has one name, and any other is not found.
func routed(routes Routes) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", nothing)
	for pattern, endpoint := range routes {
		mux.Handle(pattern, readOnly(endpoint))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Clean(r.URL.Path) != r.URL.Path {
			nothing(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func nothing(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, NotFound("there is nothing at this path"))
}

func readOnly(endpoint Func) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, r, &Error{http.StatusMethodNotAllowed, "this can only be read"})
			return
		}
		answer, err := endpoint(r)
		if err != nil {
			refuse(w, r, err)
			return
		}
		answer.write(w, r)
	})
}

// recovered turns a panic into a 500 for one client instead of a cut line.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer excuse(w, r)
		next.ServeHTTP(w, r)
	})
}

// excuse answers in place of an endpoint that panicked.
func excuse(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler: // cuts the line on purpose
		panic(cause)
	default:
		slog.ErrorContext(r.Context(), "endpoint panicked", slog.String("path", r.URL.Path), slog.Any("cause", cause))
		refuse(w, r, &Error{http.StatusInternalServerError, "the service failed"})
	}
}
