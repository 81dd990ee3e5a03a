package serve_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + traceID + "-00f067aa0ba902b7-01"
)

func TestTrace(t *testing.T) {
	t.Parallel()

	for name, header := range map[string]string{"continued": traceparent, "begun": "", "begun anew": "00-broken"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := newPipe(func(http.ResponseWriter, *http.Request) {})
			p.ask(t, http.MethodGet, "/", "Traceparent", header)

			got, _ := p.event(t)["trace_id"].(string)
			if len(got) != 32 || (got == traceID) != (header == traceparent) {
				t.Errorf("logged is %q", got)
			}
		})
	}
}

// TestSpan names the route and never the path, which holds a user's id.
func TestSpan(t *testing.T) {
	t.Parallel()

	recorder := tracetest.NewSpanRecorder()
	p := newPipe(func(w http.ResponseWriter, r *http.Request) {
		telemetry.RecordFrom(r.Context()).SetRoute("/users/:id")
		w.WriteHeader(http.StatusTeapot)
	}, func(o *serve.Options) {
		o.Tracer = telemetry.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)))
	})
	p.ask(t, http.MethodGet, "/users/user_1", "Traceparent", traceparent)

	span := recorder.Ended()[0]
	if span.Name() != "GET /users/:id" || span.SpanContext().TraceID().String() != traceID {
		t.Errorf("got %q in %s", span.Name(), span.SpanContext().TraceID())
	}

	want := []attribute.KeyValue{
		attribute.Int("http.response.status_code", http.StatusTeapot),
		attribute.String("http.route", "/users/:id"), attribute.String("storefront.bff", "test"),
	}
	if diff := cmp.Diff(want, span.Attributes(), cmp.Comparer(func(a, b attribute.KeyValue) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}
