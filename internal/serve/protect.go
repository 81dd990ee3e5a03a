package serve

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/limit"
	"storefront/internal/problem"
	"storefront/internal/quota"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

// Protection is what stands between one BFF and more than it can do.
type Protection struct {
	limiter *limit.Limiter
	clients *quota.Clients // nil: each may ask as often as they like
	trusted []netip.Prefix
	metrics *telemetry.Inbound
	tally   *tally
}

// Rate is how often one client may ask.
type Rate struct {
	// PerSecond is how many requests one client may send in a second; 0 is as
	// many as they like.
	PerSecond int
	// Burst is how many they may send at once; 0 is twice PerSecond.
	Burst int
	// Trusted are the addresses of proxies whose word on a client's address
	// counts.
	Trusted []netip.Prefix
}

// NewProtection returns the protection of the BFF that o describes. It is
// called once for each BFF.
func NewProtection(o Options, r Rate) *Protection {
	const atOnce = 2

	p := &Protection{limiter: limit.New(o.Budget), trusted: r.Trusted, tally: newTally(o.Log, o.BFF)}
	p.metrics = o.Metrics.Inbound(o.BFF, p.limiter)

	if r.PerSecond > 0 {
		if r.Burst == 0 {
			r.Burst = atOnce * r.PerSecond
		}

		p.clients = quota.New(r.PerSecond, r.Burst)
	}

	return p
}

// Close logs what has been shed and is not told yet.
func (p *Protection) Close() error {
	p.tally.tell()

	return nil
}

// note counts what is shed; the log has sums of it.
func (p *Protection) note(what string) {
	p.metrics.Shed(what)
	p.tally.note(what)
}

// isLimited reports whether a path costs calls of services.
func (o Options) isLimited(path string) bool {
	for _, prefix := range o.Limited {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}

	return false
}

// meter refuses who asks too often, and tells everybody how they stand.
func meter(o Options) step {
	if o.Protection == nil || o.Protection.clients == nil {
		return pass
	}

	clients, trusted := o.Protection.clients, o.Protection.trusted
	burst, window := clients.Policy()
	policy := `"client";q=` + strconv.Itoa(burst) + ";w=" + wholeSeconds(window)

	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !o.isLimited(r.URL.Path) {
				next.ServeHTTP(w, r)

				return
			}

			state := clients.Take(string(session.From(r.Context())),
				quota.Address(r.RemoteAddr, r.Header["X-Forwarded-For"], trusted))

			h := w.Header()
			h[policyHeader] = []string{policy}
			h[stateHeader] = []string{`"client";r=` + strconv.Itoa(state.Left) + ";t=" + wholeSeconds(state.Full)}

			if state.Allowed {
				next.ServeHTTP(w, r)

				return
			}

			h.Set("Retry-After", wholeSeconds(state.Wait))
			o.shed(w, r, telemetry.ShedRate, problem.Named(http.StatusTooManyRequests, "too-many-requests", "Too many requests",
				"You ask more often than one client may. Please wait as long as Retry-After says."))
		})
	}
}

// The fields of draft-ietf-httpapi-ratelimit-headers-10.
const (
	policyHeader = "Ratelimit-Policy"
	stateHeader  = "Ratelimit"
)

// wholeSeconds rounds up: who comes back too early is refused again.
func wholeSeconds(d time.Duration) string {
	const decimal = 10

	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), decimal)
}

// admit lets as many make a page at a time as the services can bear. It is
// inside again: an answer that is at hand costs too little to be refused, and
// helps most when there is much to do.
func admit(o Options) step {
	p := o.Protection
	if p == nil {
		return pass
	}

	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !o.isLimited(r.URL.Path) {
				next.ServeHTTP(w, r)

				return
			}

			ctx := r.Context()
			class := o.classOf(r)
			deadline, _ := fanout.Deadline(ctx)

			if !readAhead(r) { // Its time may be up and its context over, but its client is to be told.
				ctx, deadline = context.WithoutCancel(ctx), time.Time{}
			}

			place, outcome := p.limiter.Enter(ctx, class, deadline)
			if place.Waited > 0 {
				p.metrics.Waited(place.Waited)
			}

			switch outcome {
			case limit.Admitted:
				o.serve(w, r, place, next)
			case limit.Refused:
				o.shed(w, r, class.String(), problem.Named(http.StatusServiceUnavailable, "overloaded", "Overloaded",
					"There is more to do here than can be done. Please try again."))
			case limit.Gone: // There is nobody to be told.
			}
		})
	}
}

// classOf is how much a request says that it matters, as far as that counts: that
// it can wait is believed of anybody.
func (o Options) classOf(r *http.Request) limit.Class {
	class := limit.ClassOf(r.Header)
	if o.IgnorePriority {
		class = min(class, limit.Normal)
	}

	return class
}

// serve has a page made by one that has a place.
func (o Options) serve(w http.ResponseWriter, r *http.Request, place limit.Place, next http.Handler) {
	taken := new(seat)
	if res, ok := w.(*response); ok {
		taken = &res.seat
	}

	*taken = seat{limiter: o.Protection.limiter, place: place, page: r.Context()}

	defer taken.leave(false) // A panic tells nothing of services.

	if known := scopeOf(r.Context()); place.Busy && known != nil {
		known.shedding = true

		o.Protection.note(telemetry.ShedSections)
	}

	next.ServeHTTP(w, r)
	taken.leave(true)
}

// seat is a place while a page is made. The zero seat is none.
type seat struct {
	limiter *limit.Limiter
	place   limit.Place
	page    context.Context //nolint:containedctx // The one whose time is told.
}

// leave gives the place back, if that has not been done: when the page is made
// or, where it is too long to be held, when it begins to be sent. Who reads
// slowly keeps nobody out, and tells nothing of services.
func (s *seat) leave(made bool) {
	if s.limiter == nil {
		return
	}

	// Who has left did not wait for the services.
	s.limiter.Leave(s.place, made && s.page.Err() == nil && telemetry.RecordFrom(s.page).Telling())
	*s = seat{}
}

// shed refuses a request at as little cost as possible.
func (o Options) shed(w http.ResponseWriter, r *http.Request, what string, why *problem.Details) {
	o.Protection.note(what)

	if known := scopeOf(r.Context()); known != nil {
		known.shed = true
		known.record.SetRoute(shedRoute)
	}

	if res, ok := w.(*response); ok {
		res.accepted = identity
	}

	o.Problem(w, r, why)
}

// shedRoute stands for the route of a request that was shed: no router has seen
// it, and its time is none of a page.
const shedRoute = "shed"

// readAhead reads the body before there is a place for the request: whoever
// sends slowly would keep others out. What is wrong with it is for the handler
// to see; it returns false then. A GET means nothing by its body, which is left
// where it is.
func readAhead(r *http.Request) (whole bool) {
	if r.Body == nil || r.Body == http.NoBody || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}

	body, err := io.ReadAll(r.Body)
	rest := io.Reader(bytes.NewReader(body))

	if err != nil {
		rest = io.MultiReader(rest, broken{err})
	}

	r.Body = struct {
		io.Reader
		io.Closer
	}{rest, r.Body}

	return err == nil
}

// broken is the end of a body that could not be read.
type broken struct{ err error }

// Read says why.
func (b broken) Read([]byte) (int, error) { return 0, b.err }

// pass is the step that does nothing.
func pass(next http.Handler) http.Handler { return next }
