package webpage

import (
	"net/http"

	"storefront/internal/problem"
)

// site is everything that there is, by its exact path.
type site map[string]http.Handler

// ServeHTTP answers what is not there in the words of the APIs around it.
func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, ok := s[r.URL.Path]

	switch {
	case !ok:
		problem.Write(w, r, problem.New(http.StatusNotFound, "There is nothing at this path."))
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		problem.Write(w, r, problem.New(http.StatusMethodNotAllowed, "This path can only be read."))
	default:
		handler.ServeHTTP(w, r)
	}
}

// secured puts the browser's protections on every answer, errors included.
func secured(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
