package serve

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"storefront/internal/page"
	"storefront/internal/telemetry"
)

const (
	// maxHeld is the longest body that is held back to be compressed and given
	// a Content-Length; what is longer goes out as it comes.
	maxHeld = 4 << 20
	// maxPooledHeld keeps one large answer from staying in memory for good.
	maxPooledHeld = 256 << 10
)

var nosniff = []string{"nosniff"} //nolint:gochecknoglobals // A constant.

var held = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // A pool is shared by nature.

// answer holds a response back until it is complete, then sends it in the
// encoding that the client accepts, with its `Server-Timing`.
func answer(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			buffer, _ := held.Get().(*bytes.Buffer)
			res := &response{
				ResponseWriter: w, body: buffer,
				accepted: negotiate(r.Header["Accept-Encoding"]),
				has:      plainTags(r.Header),
			}

			if r.Method != http.MethodHead {
				res.gatherer = gathererOf(r.Context())
			}

			if o.Draining != nil && o.Draining() {
				w.Header().Set("Connection", "close")
			}

			if !o.HideTiming {
				res.record = telemetry.RecordFrom(r.Context())
			}

			next.ServeHTTP(res, r)

			if res.status == 0 && r.Context().Err() != nil {
				panic(http.ErrAbortHandler) // The client is gone, or half gone: no answer is better than an empty one.
			}

			// After a panic in this step or outside the buffer is left to the
			// collector: nobody knows who still holds it.
			res.finish()

			if buffer.Cap() <= maxPooledHeld {
				buffer.Reset()
				held.Put(buffer)
			}
		})
	}
}

// response holds an answer back until it is complete or too long to be held.
type response struct {
	http.ResponseWriter

	gatherer *gatherer         // nil: what is written is sent
	record   *telemetry.Record // nil: no Server-Timing
	body     *bytes.Buffer
	accepted encoding
	has      string // the validators that the client sent, with their codings
	status   int
	sent     bool              // the header is out; what comes now goes through
	seat     seat              // what is given back when it begins to go out
	turn     *page.Turn[*kept] // likewise; nil where nobody can wait for it
}

// WriteHeader notes the status; informational ones are sent at once.
func (w *response) WriteHeader(status int) {
	switch {
	case status < http.StatusOK:
		w.ResponseWriter.WriteHeader(status)
	case w.status == 0:
		w.status = status
	}
}

// Write takes a piece of the body.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}

	if !w.sent && w.body.Len()+len(p) > maxHeld {
		w.Flush()
	}

	if w.sent {
		w.allow(len(p))

		return w.ResponseWriter.Write(p) //nolint:wrapcheck // A writer passes on what it wraps.
	}

	return w.body.Write(p) //nolint:wrapcheck // A buffer never fails.
}

// Flush sends what there is; from here on the answer is a stream, and takes as
// long as its client does: it has no place among those that are made.
func (w *response) Flush() {
	if !w.sent {
		w.seat.leave(true)
		w.endTurn()
		w.begin(w.body.Len())
		w.sent = true
		_, _ = w.ResponseWriter.Write(w.body.Bytes()) // The next write will fail as well.
		w.body.Reset()
	}

	_ = http.NewResponseController(w.ResponseWriter).Flush() // A connection that cannot flush is still served.
}

// endTurn has nobody wait for this answer any more.
func (w *response) endTurn() {
	if w.turn != nil {
		w.turn.End()
		w.turn = nil
	}
}

// allow gives the client so long to read so many bytes, from now on: what it
// does not read is held in memory. Where the connection has no deadlines the
// server's own timeout holds.
func (w *response) allow(bytes int) { allow(w.ResponseWriter, bytes) }

func allow(w http.ResponseWriter, bytes int) {
	const (
		patience  = 10 * time.Second
		leastRate = 64 << 10 // bytes a second
	)

	most := patience + time.Duration(bytes)*time.Second/leastRate
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(most))
}

// Unwrap lets a ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// discard forgets an answer that is not sent yet, so that another one can take
// its place; false when it is too late.
func (w *response) discard() bool {
	if w.sent {
		return false
	}

	w.body.Reset()
	w.status = 0
	clearAnswer(w.Header())

	return true
}

// ofRequest are the headers that are the request's, not the answer's: the pipe
// has set them before there was one.
var ofRequest = map[string]bool{ //nolint:gochecknoglobals // A constant.
	"X-Request-Id": true, "Connection": true, policyHeader: true, stateHeader: true,
}

// clearAnswer drops what the discarded answer had set, and keeps what the pipe
// had set before it.
func clearAnswer(h http.Header) {
	maps.DeleteFunc(h, func(name string, _ []string) bool { return !ofRequest[name] })
}

// begin sends the header, with so many bytes of the body at its heels.
func (w *response) begin(bytes int) {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff

	if w.record != nil {
		if timing := w.record.ServerTiming(); timing != "" {
			h["Server-Timing"] = []string{timing}
		}
	}

	if w.status == 0 {
		w.status = http.StatusOK
	}

	w.allow(bytes)
	w.ResponseWriter.WriteHeader(w.status)
}

// finish sends a held answer.
func (w *response) finish() {
	if w.sent {
		w.allow(0) // For what the server holds of it.

		return
	}

	body := w.body.Bytes()

	switch {
	case bodyAllowed(w.status):
		body = encode(w.Header(), w.status, w.accepted, body)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	case w.status == http.StatusNotModified:
		addVary(w.Header(), "Accept-Encoding") // As with the 200 that it stands for.
		restoreTag(w.Header(), w.has)
	}

	w.begin(len(body))
	w.sent = true

	if bodyAllowed(w.status) {
		w.send(body)
	}
}

// send sends the whole body, behind a header that tells its length.
func (w *response) send(body []byte) {
	if len(body) == 0 {
		return
	}

	if w.gatherer != nil {
		w.gatherer.expect(len(body))
	}

	_, _ = w.ResponseWriter.Write(body) // The client may be gone; nobody is left to tell.
}

// encode compresses a body where it is worth it and says so in the headers.
func encode(h http.Header, status int, accepted encoding, body []byte) []byte {
	if !compressible(h.Get("Content-Type")) {
		return body
	}

	addVary(h, "Accept-Encoding")

	if coding := h.Get("Content-Encoding"); coding != "" {
		codeTag(h, coding)

		return body
	}

	if accepted == identity || len(body) < minCompressed || status == http.StatusPartialContent ||
		strings.Contains(h.Get("Cache-Control"), "no-transform") {
		return body
	}

	h.Set("Content-Encoding", accepted.String())
	codeTag(h, accepted.String())

	return accepted.compress(body)
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// addVary names another request header that the answer depends on.
func addVary(h http.Header, name string) {
	all := h.Values("Vary")
	for _, value := range all {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), name) {
				return
			}
		}
	}

	h.Set("Vary", strings.Join(append(slices.Clip(all), name), ", "))
}
