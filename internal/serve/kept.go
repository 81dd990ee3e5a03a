package serve

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"storefront/internal/etag"
	"storefront/internal/telemetry"
)

// kept is a whole answer as its handler made it, with its codings. It is shared
// between requests and read-only, but for the codings, which are made when they
// are first asked for.
type kept struct {
	header http.Header // as the handler set it
	tag    string      // the plain validator, "" for none
	route  string
	coded  [zstandard + 1]atomic.Pointer[variant] // by coding
	body   []byte

	// What the records of those who get it say of its upstream calls.
	hits   []telemetry.Call
	timing string
}

// variant is an answer in one coding, ready to be sent.
type variant struct {
	header http.Header
	body   []byte
}

// callsAs is how the calls behind an answer look to who did not make them.
func callsAs(calls []telemetry.Call, source telemetry.Source, waited time.Duration) []telemetry.Call {
	again := make([]telemetry.Call, len(calls))
	for i, call := range calls {
		again[i] = telemetry.Call{Service: call.Service, Source: source, Duration: waited}
	}

	return again
}

// newKept copies a held answer; those who get it may outlive it.
func newKept(w *response, record *telemetry.Record) *kept {
	k := &kept{
		header: w.Header().Clone(), route: record.Route(), body: bytes.Clone(w.body.Bytes()),
		hits: callsAs(record.Calls(), telemetry.Hit, 0),
	}
	k.timing = telemetry.ServerTiming(k.hits)

	for _, own := range []string{"X-Request-Id", "Connection", "Server-Timing", policyHeader, stateHeader} { // The request's, not the answer's.
		k.header.Del(own)
	}

	k.tag = k.header.Get("Etag")

	return k
}

// size is about how many bytes the answer takes, with its codings so far.
func (k *kept) size() int {
	const (
		perHeader = 64
		fixed     = 512
	)

	size := fixed + perHeader*len(k.header) + len(k.body)

	for e := range k.coded {
		if made := k.coded[e].Load(); made != nil {
			size += perHeader * len(made.header)
			if e != int(identity) {
				size += len(made.body)
			}
		}
	}

	return size
}

// in returns the answer in a coding.
func (k *kept) in(coding encoding) *variant {
	if made := k.coded[coding].Load(); made != nil {
		return made
	}

	made := &variant{header: k.header.Clone()}
	made.body = encode(made.header, http.StatusOK, coding, k.body)
	made.header["Content-Length"] = []string{strconv.Itoa(len(made.body))}
	made.header["X-Content-Type-Options"] = nosniff
	k.coded[coding].Store(made) // Another one that was made meanwhile is equal.

	return made
}

// use answers a request with what is kept; source says whether it was at hand
// or has been waited for.
func (w *response) use(k *kept, r *http.Request, source telemetry.Source, waited time.Duration) {
	record := telemetry.RecordFrom(r.Context())
	if source == telemetry.Hit {
		record.Reuse(k.route, k.hits, k.timing)
	} else {
		record.Reuse(k.route, callsAs(k.hits, source, waited), "")
	}

	w.give(k, r)
}

// give sends what is kept, or tells that the client of r has it.
func (w *response) give(k *kept, r *http.Request) {
	made := k.in(w.accepted)
	h := w.Header()

	if w.matches(r, k.tag) {
		w.unchanged(h, made.header, k.tag)

		return
	}

	maps.Copy(h, made.header)

	w.status = http.StatusOK
	w.begin(len(made.body))
	w.sent = true
	w.send(made.body)
}

// matches reports whether the client of r has the answer with that validator.
func (w *response) matches(r *http.Request, tag string) bool {
	return w.has != "" && tag != "" && r.Method == http.MethodGet && etag.Matches(r.Header.Get("If-None-Match"), tag)
}

// compare makes a held answer that the client of r has already a 304.
func (w *response) compare(r *http.Request) {
	if w.sent || w.status != http.StatusOK || !w.matches(r, w.Header().Get("Etag")) {
		return
	}

	w.status = http.StatusNotModified
	w.body.Reset()
	w.Header().Del("Content-Type")
}

// unchanged tells that the client's copy, in whatever coding it has it, is still
// good; tag is the plain validator.
func (w *response) unchanged(h, of http.Header, tag string) {
	delete(h, "Content-Type") // The handler has set it, where it has just made the answer.

	for _, name := range []string{"Cache-Control", "Vary"} {
		if values := of[name]; values != nil {
			h[name] = values
		}
	}

	h["Etag"] = []string{tag}
	restoreTag(h, w.has)

	w.status = http.StatusNotModified
	w.begin(0)
	w.sent = true
}
