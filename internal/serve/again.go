package serve

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"

	"storefront/internal/cache"
	"storefront/internal/fanout"
	"storefront/internal/page"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

// Reuse says which answers may be used again.
type Reuse struct {
	// Prefix is what their paths begin with.
	Prefix string
	// ByAccept is true where they depend on the Accept header too.
	ByAccept bool
}

// Pages keeps whole answers of one BFF. It is safe for concurrent use.
type Pages struct {
	store *cache.Store[*kept]
	desk  *page.Desk[*kept]
}

// NewPages returns a place for whole answers of at most maxBytes together; 0
// keeps none. patience is how long an answer that many want at once waits for
// all of them.
func NewPages(maxBytes int64, patience time.Duration) *Pages {
	store := cache.NewStore[*kept](maxBytes)

	return &Pages{store: store, desk: page.NewDesk(store, patience)}
}

// maxKeyBody is the longest body of a POST whose answer may be used again: it
// is part of the key.
const maxKeyBody = 16 << 10

// again answers with what is kept, or in the making for somebody who asked the
// same, and else keeps what the handler says is whole. Who asks is part of the
// key: no answer reaches another, unless all of it is public.
func again(o Options) step {
	if len(o.Reuse) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}

	pages := o.Pages
	if pages == nil {
		pages = NewPages(0, 0)
	}

	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			res, held := w.(*response)
			whose := ownKey(session.From(r.Context()))
			key, ok := o.key(whose, r)

			if !ok || !held {
				next.ServeHTTP(w, r)

				return
			}

			o.ask(pages.desk, key, anybody+key[len(whose):], res, r, next)
		})
	}
}

// ask answers with what is on the desk, or has the handler make it.
func (o Options) ask(desk *page.Desk[*kept], key, public string, res *response, r *http.Request, next http.Handler) {
	ctx := r.Context()

	for _, key := range []string{key, public} {
		if k, found := desk.Kept(key); found {
			res.use(k, r, telemetry.Hit, 0)
			o.Metrics.Reused(o.BFF, telemetry.Hit)

			return
		}
	}

	start := time.Now()
	deadline, _ := fanout.Deadline(ctx)

	k, found, turn := desk.Wait(ctx, key, deadline)

	switch {
	case found:
		res.use(k, r, telemetry.Coalesced, time.Since(start))
		o.Metrics.Reused(o.BFF, telemetry.Coalesced)

		return
	case turn == nil:
		next.ServeHTTP(res, r)

		return
	}

	o.make(turn, public, res, r, next)
}

// make has the handler make an answer, whole where possible: whether the client
// has it already is looked at afterwards, so that others can have it too.
func (o Options) make(turn *page.Turn[*kept], public string, res *response, r *http.Request, next http.Handler) {
	ctx := r.Context()

	unconditional := r
	if res.has != "" {
		unconditional = r.WithContext(ctx)
		unconditional.Header = r.Header.Clone()
		unconditional.Header.Del("If-None-Match")
	}

	var shared *kept // where it is of use to others

	res.turn = turn
	defer res.endTurn() // Where it has panicked.

	next.ServeHTTP(res, unconditional)

	if terms, whole := page.DraftOf(ctx).Whole(); whole && !res.sent && res.status == http.StatusOK {
		turn.Deliver(terms, public, func() (*kept, int) {
			shared = newKept(res, telemetry.RecordFrom(ctx))
			shared.in(res.accepted) // So that it counts, and is packed once.

			return shared, shared.size()
		})

		res.turn = nil
	} else {
		res.endTurn()
	}

	if shared != nil {
		res.give(shared, r)
	} else {
		res.compare(r)
	}
}

// anybody begins the keys of what may be shown to all.
const anybody = "public "

// ownKey begins the keys of one principal.
func ownKey(who session.Principal) string {
	if who == "" {
		return "anonymous "
	}

	return string(who) + " "
}

// key is who asks and what for, equal for equal questions of one principal;
// false where the answer may not be used again. What may hold blanks ends with a
// line's end, which nothing but a body can hold.
func (o Options) key(whose string, r *http.Request) (string, bool) {
	for _, reuse := range o.Reuse {
		if !strings.HasPrefix(r.URL.Path, reuse.Prefix) {
			continue
		}

		accept := ""
		if reuse.ByAccept {
			accept = strings.Join(r.Header["Accept"], ",")
		}

		switch r.Method {
		case http.MethodGet:
			return whose + "GET " + accept + "\n" + r.RequestURI, true
		case http.MethodPost:
			body, ok := keyBody(r)

			return whose + "POST " + accept + "\n" + strings.Join(r.Header["Content-Type"], ",") + "\n" + r.RequestURI + "\n" + body, ok
		}
	}

	return "", false
}

// keyBody reads the body of a POST and leaves it for the handler; what cannot
// be read whole is the handler's to tell.
func keyBody(r *http.Request) (string, bool) {
	if r.ContentLength <= 0 || r.ContentLength > maxKeyBody {
		return "", false
	}

	body := make([]byte, r.ContentLength)
	n, err := io.ReadFull(r.Body, body)
	rest := r.Body
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body[:n]), rest), rest}

	return string(body), err == nil
}
