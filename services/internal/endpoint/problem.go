package endpoint

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
)

// Error is a refusal that the client is told about: an HTTP status and one
// sentence that says what is wrong.
type Error struct {
	Status int
	Detail string
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Detail }

// BadRequest returns a 400 with what is wrong with the input.
func BadRequest(detail string) error { return &Error{http.StatusBadRequest, detail} }

// NotFound returns a 404 with what does not exist.
func NotFound(detail string) error { return &Error{http.StatusNotFound, detail} }

// problem is the wire form of RFC 9457, the request's id added.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Instance  string `json:"instance,omitempty"`
	RequestID string `json:"request_id"`
}

// Unavailable returns a 503 with what cannot be had now.
func Unavailable(detail string) error { return &Error{http.StatusServiceUnavailable, detail} }

// Refusal answers every request with an error, as an endpoint's would be.
func Refusal(cause error) http.Handler {
	return identified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { refuse(w, r, cause) }))
}

// refuse tells the client what went wrong, and the log what the client must not
// see.
func refuse(w http.ResponseWriter, r *http.Request, cause error) {
	told := toldOf(r, cause)
	if told.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	body, err := json.Marshal(problem{
		Type: "about:blank", Title: http.StatusText(told.Status), Status: told.Status, Detail: told.Detail,
		Instance: instance(r), RequestID: w.Header().Get(requestIDHeader),
	})
	if err != nil { // strings and numbers always encode
		panic(err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/problem+json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", neverCached)
	w.WriteHeader(told.Status)
	_, _ = w.Write(body) // the client is gone: nobody is left to tell
}

// toldOf is what the client may know about an error. Work that ended because
// the time was up, or because the client left, is not the service's failure.
func toldOf(r *http.Request, cause error) *Error {
	if told, ok := errors.AsType[*Error](cause); ok {
		return told
	}
	if r.Context().Err() != nil {
		return &Error{http.StatusServiceUnavailable, "there was no time left to answer"}
	}
	slog.ErrorContext(r.Context(), "endpoint failed", slog.String("path", r.URL.Path), slog.Any("error", cause))
	return &Error{http.StatusInternalServerError, "the service failed"}
}

// instance names what the problem is about, unless that is absurdly long.
func instance(r *http.Request) string {
	const longest = 512
	if path := r.URL.EscapedPath(); len(path) <= longest {
		return path
	}
	return ""
}
