package endpoint

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"
)

const (
	requestIDHeader = "X-Request-Id"
	timeoutHeader   = "X-Request-Timeout-Ms"
)

// The time a request may take, where its sender names none, and the bounds of
// what a sender may name.
const (
	defaultTimeout  = 10 * time.Second
	shortestTimeout = time.Millisecond
	longestTimeout  = time.Minute
)

// identified gives each answer the request's id: the sender's, if it is 1 to
// 128 visible ASCII characters, else a new one.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if id == "" || len(id) > 128 || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
			id = rand.Text()
		}
		w.Header().Set(requestIDHeader, id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// timed ends the work on a request when its sender no longer waits for it.
func timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timeout, err := timeoutOf(r.Header.Get(timeoutHeader))
		if err != nil {
			refuse(w, r, err)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// timeoutOf reads whole milliseconds and keeps them within the bounds.
func timeoutOf(header string) (time.Duration, error) {
	if header == "" {
		return defaultTimeout, nil
	}
	if !isNumber(header) {
		return 0, BadRequest(timeoutHeader + " must be a whole number of milliseconds")
	}
	timeout := time.Duration(number(header, int(longestTimeout/time.Millisecond))) * time.Millisecond
	return max(timeout, shortestTimeout), nil
}
