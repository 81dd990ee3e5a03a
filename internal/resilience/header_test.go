package resilience_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + traceID + "-00f067aa0ba902b7-01"
)

// inbound is the context of a request that came with a trace and an id, and
// with what must not be passed on.
func inbound(ctx context.Context, tracer *telemetry.Tracer) context.Context {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
	r.Header = http.Header{
		"Traceparent": {traceparent}, "Authorization": {"Bearer secret"}, "Cookie": {"a=b"}, "X-Forwarded-For": {"10.0.0.1"},
	}
	ctx, _ = tracer.StartInbound(r)

	return telemetry.WithRecord(ctx, &telemetry.Record{RequestID: "request-1"})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)

		ctx, cancel := context.WithTimeout(inbound(t.Context(), k.options.Tracer), time.Second)
		defer cancel()

		time.Sleep(250*ms + 1)
		get(ctx, k.service(upstreamtest.User), "user_1")

		want := http.Header{
			"Accept":               {"application/json"},
			"User-Agent":           {"storefront"},
			"X-Request-Id":         {"request-1"},
			"X-Request-Timeout-Ms": {"749"}, // whole ones
			"Traceparent":          {traceparent},
		}
		if diff := cmp.Diff(want, k.Requests(upstreamtest.User)[0].Header); diff != "" {
			t.Error(diff)
		}
	})
}

// TestHeadersOfAnybody is a call that no request stands behind.
func TestHeadersOfAnybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		get(t.Context(), k.service(upstreamtest.User), "user_1")

		want := http.Header{"Accept": {"application/json"}, "User-Agent": {"storefront"}}
		if diff := cmp.Diff(want, k.Requests(upstreamtest.User)[0].Header); diff != "" {
			t.Error(diff)
		}
	})
}

// TestSpans has each call be a span of its own within the client's trace.
func TestSpans(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spans := tracetest.NewSpanRecorder()
		k := newKit(t)
		k.options.Tracer = telemetry.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
		k.Fail(upstreamtest.User, upstreamtest.Status(503).On("/users/user_2"))

		s := k.service(upstreamtest.User)
		get(inbound(t.Context(), k.options.Tracer), s, "user_1")
		get(inbound(t.Context(), k.options.Tracer), s, "user_2")

		for i, status := range []string{"Unset", "Error"} {
			span := spans.Ended()[i]
			sent := k.Requests(upstreamtest.User)[i].Header.Get("Traceparent")

			if want := "00-" + traceID + "-" + span.SpanContext().SpanID().String() + "-01"; sent != want {
				t.Errorf("sent %s, want %s", sent, want)
			}

			if span.Name() != "GET user" || span.SpanKind().String() != "client" || span.Status().Code.String() != status {
				t.Errorf("span %q, %v, %v", span.Name(), span.SpanKind(), span.Status())
			}

			if !span.Parent().IsValid() {
				t.Error("it is no part of the request")
			}
		}
	})
}

func TestURL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		base := k.URL(upstreamtest.User) + "/team/a/"
		s := resilience.NewService("user", base, k.metrics.Upstream("test", "user"), k.options)

		getWith(t.Context(), s, resilience.Request{Path: "/users/a%2Fb", Query: "q=%20&ids=a,b"}, nameOf("a/b"))
		getWith(t.Context(), s, resilience.Request{Path: "/users"}, nameOf("a/b"))

		for i, want := range []string{"GET /team/a/users/a%2Fb?q=%20&ids=a,b", "GET /team/a/users?"} {
			asked := k.Requests(upstreamtest.User)[i]
			if got := asked.Method + " " + asked.Path + "?" + asked.Query; got != want {
				t.Errorf("asked for %s, want %s", got, want)
			}
		}
	})
}

// TestBaseThatIsNone costs the call, and tells nobody but the log.
func TestBaseThatIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := resilience.NewService("user", "http://user.test\x00", k.metrics.Upstream("test", "user"), k.options)
		checkFailed(t, get(t.Context(), s, "user_1"), fault.Unavailable, 0)
	})
}

// TestRequestIDs are one for each request, and never another's.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		s := k.service(upstreamtest.User)

		for _, id := range []string{"one", "two"} {
			get(telemetry.WithRecord(t.Context(), &telemetry.Record{RequestID: id}), s, "user_1")
		}

		var sent []string
		for _, request := range k.Requests(upstreamtest.User) {
			sent = append(sent, request.Header.Get("X-Request-Id"))
		}

		if got := strings.Join(sent, " "); got != "one two" {
			t.Errorf("sent %s", got)
		}
	})
}

// TestTraceBeginsHere gives every request a trace, though nothing is exported.
func TestTraceBeginsHere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		ctx, _ := k.options.Tracer.StartInbound(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
		get(ctx, k.service(upstreamtest.User), "user_1")

		sent := k.Requests(upstreamtest.User)[0].Header.Get("Traceparent")
		if !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-00$`).MatchString(sent) {
			t.Errorf("sent %q", sent)
		}
	})
}
