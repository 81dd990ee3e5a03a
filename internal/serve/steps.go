package serve

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	oteltrace "go.opentelemetry.io/otel/trace"

	"storefront/internal/problem"
	"storefront/internal/telemetry"
)

const (
	// maxRequestID is the longest request id taken from a client.
	maxRequestID = 128
	// maxURL is the longest URL, in bytes; a GraphQL query may stand in one.
	maxURL = 8 << 10
	// statusClientGone is what the log says of a request whose client left
	// before the answer; it is never sent.
	statusClientGone = 499
)

// identify gives the request its id, its principal, its record, its trace and
// its time: all that the steps inside know of it, in one context.
func identify(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if o.Tracer.Recording() {
				ctx, span := o.Tracer.StartInbound(r)
				known := newScope(ctx, o, r)
				known.record.TraceID = span.SpanContext().TraceID().String()

				defer endInbound(span, &known.record, r.Method)

				o.enter(w, r, known, next)

				return
			}

			known := newScope(r.Context(), o, r)
			known.record.Span = telemetry.Continue(r.Header)
			known.record.TraceID = known.record.Span.TraceID().String()

			o.enter(w, r, known, next)
		})
	}
}

// enter goes on with what is known of a request.
func (o Options) enter(w http.ResponseWriter, r *http.Request, known *scope, next http.Handler) {
	w.Header()["X-Request-Id"] = []string{known.record.RequestID}

	if o.Through && r.ContentLength < 0 && r.Trailer == nil {
		r.Trailer = http.Header{} // Where net/http puts what nobody has announced; it knows this request, and none made of it.
	}

	next.ServeHTTP(w, r.WithContext(known))
}

// endInbound ends the span of a request.
func endInbound(span oteltrace.Span, record *telemetry.Record, method string) {
	span.SetName(method + " " + record.Route())
	span.SetAttributes(attribute.String("http.route", record.Route()), attribute.String("storefront.bff", record.BFF))
	span.End()
}

// requestID is the client's own where it is 1–128 visible ASCII characters.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > maxRequestID {
		return rand.Text()
	}

	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return rand.Text()
		}
	}

	return id
}

// observe reports the request once it is answered, or has broken off.
func observe(o Options) step {
	inFlight := o.Metrics.InFlight(o.BFF)

	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			counted := &counter{ResponseWriter: w}

			inFlight.Inc()
			defer inFlight.Dec()
			defer func() { o.report(r, counted, time.Since(start)) }()

			next.ServeHTTP(counted, r)
		})
	}
}

func (o Options) report(r *http.Request, sent *counter, took time.Duration) {
	ctx, status := r.Context(), sent.status
	if status == 0 {
		status = statusClientGone
	}

	bytes := sent.bytes
	if r.Method == http.MethodHead {
		bytes = 0 // What was written was not sent.
	}

	record := telemetry.RecordFrom(ctx)
	o.Metrics.Answered(record, r.Method, status, bytes, took)

	if span := oteltrace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
	}

	if known := scopeOf(ctx); known != nil && known.shed {
		return // The tally has it.
	}

	level := eventLevel(record, status, o.Quiet)
	if !o.Log.Enabled(ctx, level) || plainEvent(o.Log, level, record, r.Method, status, bytes, took) {
		return
	}

	line := slog.NewRecord(time.Now(), level, "request", 0) // No caller: it is always this one.
	line.AddAttrs(event(record, r, status, bytes, took)...)
	_ = o.Log.Handler().Handle(ctx, line) // There is nowhere else to say it.
}

// recovery turns a panic into one clean error.
func recovery(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				v := recover()

				switch v {
				case nil:
					return
				case http.ErrAbortHandler:
					panic(v)
				}

				telemetry.RecordFrom(r.Context()).SetFault(fmt.Errorf("panic: %v\n%s", v, debug.Stack())) //nolint:err113 // For the log.

				if held, ok := w.(interface{ discard() bool }); !ok || !held.discard() {
					panic(http.ErrAbortHandler) // Part of the answer is out: the client must see that it broke off.
				}

				o.Problem(w, r, problem.New(http.StatusInternalServerError, "Something went wrong here. It has been noted."))
			}()

			next.ServeHTTP(w, r)
		})
	}
}

// sizes refuses what is too large and serves HEAD as GET without a body.
func sizes(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if o.tooLong(w, r) {
				return
			}

			if r.Method == http.MethodHead {
				asGet := *r
				asGet.Method = http.MethodGet
				r = &asGet
			}

			if r.Body != nil && r.Body != http.NoBody {
				r.Body = http.MaxBytesReader(w, r.Body, o.MaxBody)

				if o.Budget > 0 {
					// A body that trickles in must not outlast the budget, nor what the
					// server gives a whole request. Where the connection has no
					// deadlines the server's own timeout holds.
					_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(min(o.Budget, readTimeout)))
				}
			}

			next.ServeHTTP(w, r)
		})
	}
}

// tooLong refuses a URL that is.
func (o Options) tooLong(w http.ResponseWriter, r *http.Request) bool {
	if len(r.RequestURI) <= maxURL {
		return false
	}

	o.Problem(w, r, problem.New(http.StatusRequestURITooLong, fmt.Sprintf("A URL may have %d bytes.", maxURL)))

	return true
}

// counter notes the status and the bytes of an answer as sent.
type counter struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// WriteHeader sends the header.
func (c *counter) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.status = status
	}

	c.ResponseWriter.WriteHeader(status)
}

// Write sends a piece of the body.
func (c *counter) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}

	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)

	return n, err //nolint:wrapcheck // A writer passes on what it wraps.
}

// Unwrap lets a ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
