package upstreamtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// Secret stands in everything that a client must not be shown: error texts, bytes
// around the good answer, where redirects lead, and a field of every object that
// no contract knows.
const Secret = "upstream-secret"

// The faults of content: answers that come whole, and are wrong.

func status(c call) {
	writeBody(c.w, c.fault.code, fmt.Appendf(nil, `{"error":%q}`, Secret))
}

func notFound(c call) { writeNotFound(c.w) }

func redirect(c call) {
	http.Redirect(c.w, c.r, c.elsewhere+c.r.URL.RequestURI(), http.StatusFound)
}

// trap is where redirects lead: it has what was asked for, stained.
type trap struct {
	next  http.Handler
	calls atomic.Int64
}

func (t *trap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.calls.Add(1)
	a := capture(call{r: r, good: t.next.ServeHTTP}) //nolint:contextcheck // the request has it
	writeBody(w, a.status, eachObject(a.body, func(fields []field) []byte {
		return join(eachString(fields, func(string) string { return `"` + Secret + `"` }))
	}))
}

func wrongContentType(c call) {
	a := capture(c)
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	a.sendHeader(c.w, len(a.body))
	mustWrite(c.w, a.body)
}

func ignoreLimit(c call) {
	c.good(c.w, asking(c.r, func(u *url.URL) {
		query := u.Query()
		query.Del("limit")
		u.RawQuery = query.Encode()
	}))
}

func wrongUser(c call) {
	c.good(c.w, asking(c.r, func(u *url.URL) {
		query := u.Query()
		if user := query.Get("user_id"); user != "" {
			query.Set("user_id", another(user))
		}
		if ids := query.Get("ids"); ids != "" {
			query.Set("ids", anotherEach(ids))
		}
		u.RawQuery = query.Encode()
		if folder, id, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/"); ok {
			id = another(id)
			u.Path, u.RawPath = "/"+folder+"/"+id, "/"+folder+"/"+url.PathEscape(id) // an id may have slashes
		}
	}))
}

// asking is the request with another address.
func asking(r *http.Request, change func(*url.URL)) *http.Request {
	changed := r.Clone(r.Context())
	change(changed.URL)
	return changed
}

func anotherEach(ids string) string {
	list := strings.Split(ids, ",")
	for i, id := range list {
		list[i] = another(id)
	}
	return strings.Join(list, ",")
}

// another gives an id like this one, that there is where there are two.
func another(id string) string {
	stem := strings.TrimRight(id, "0123456789")
	switch id[len(stem):] {
	case "":
		return "stranger"
	case "1":
		return stem + "2"
	default:
		return stem + "1"
	}
}
