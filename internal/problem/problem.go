// Package problem is how errors look over REST: RFC 9457 problem details.
//
// What a client reads here never holds an upstream's address, a stack or an
// internal message. Those go to the log, under the same request id.
package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// ContentType is the media type of problem details.
const ContentType = "application/problem+json"

// RetryAfter is when a client should try again after a 503: long enough for a
// service to restart, short enough for a person to wait.
const RetryAfter = 2 * time.Second

// Details is a problem as it stands on the wire.
type Details struct { //nolint:errname // RFC 9457 calls them so.
	Type      string `doc:"What kind of problem this is; about:blank where the status says it all." example:"urn:storefront:problem:no-such-user"  json:"type"`
	Title     string `doc:"The kind of problem in a few words, the same every time."                example:"No such user"                         json:"title"`
	Status    int    `doc:"The HTTP status."                                                        example:"404"                                  json:"status"`
	Detail    string `doc:"What is wrong with this request."                                        example:"The user service knows no such user." json:"detail"`
	Instance  string `doc:"The path that was asked for."                                            example:"/api/dashboard/nobody"                json:"instance"`
	RequestID string `doc:"Quote this when you ask for help."                                       example:"f3c1a0b2e7d94c58"                     json:"request_id"`
}

// Error makes a problem usable as an error.
func (d *Details) Error() string { return d.Title + ": " + d.Detail }

// New returns a problem that its status says all about, such as 405.
func New(status int, detail string) *Details {
	return &Details{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// Named returns a problem of a kind of its own; name is part of the contract.
func Named(status int, name, title, detail string) *Details {
	return &Details{Type: "urn:storefront:problem:" + name, Title: title, Status: status, Detail: detail}
}

// For returns a copy of d that tells which request it is about, by the id that
// the answer carries.
func (d *Details) For(w http.ResponseWriter, r *http.Request) *Details {
	about := *d
	about.Instance = r.URL.EscapedPath()
	about.RequestID = w.Header().Get("X-Request-Id")

	return &about
}

// Headers sets the headers that an answer with d carries.
func (d *Details) Headers(h http.Header) {
	h.Set("Content-Type", ContentType)
	h.Set("Cache-Control", "no-store")

	if d.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(int(RetryAfter.Seconds())))
	}
}

// Write answers r with d.
func Write(w http.ResponseWriter, r *http.Request, d *Details) {
	// The type holds only strings and a number: encoding cannot fail.
	body, _ := json.Marshal(d.For(w, r)) //nolint:errchkjson // See above.

	d.Headers(w.Header())
	w.WriteHeader(d.Status)
	_, _ = w.Write(body) // The client may be gone; nobody is left to tell.
}

// Refuse answers r with a problem that its status says all about; see [New].
func Refuse(w http.ResponseWriter, r *http.Request, status int, detail string) {
	Write(w, r, New(status, detail))
}
