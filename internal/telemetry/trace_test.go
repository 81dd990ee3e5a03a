package telemetry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"storefront/internal/telemetry"
)

const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + traceID + "-00f067aa0ba902b7-01"
)

// TestTraceWithoutExporter: every request has a trace, and passes it on, also
// where nobody collects any.
func TestTraceWithoutExporter(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		header http.Header
		want   http.Header // what an upstream service is told; nil: a trace that begins here
	}{
		"continued": {
			http.Header{"Traceparent": {traceparent}, "Tracestate": {"a=1"}},
			http.Header{"Traceparent": {traceparent}, "Tracestate": {"a=1"}},
		},
		"none came":       {http.Header{}, nil},
		"broken":          {http.Header{"Traceparent": {"00-zz-00f067aa0ba902b7-01"}}, nil},
		"all zeros":       {http.Header{"Traceparent": {"00-00000000000000000000000000000000-00f067aa0ba902b7-01"}}, nil},
		"not for baggage": {http.Header{"Baggage": {"user=alice"}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			tracer := telemetry.NewTracer(nil)
			first, second := outbound(t, tracer, test.header), outbound(t, tracer, test.header)

			if test.want != nil {
				if diff := cmp.Diff(test.want, first); diff != "" {
					t.Error(diff)
				}

				return
			}

			if len(first) != 1 || first.Get("Traceparent") == "" || first.Get("Traceparent") == second.Get("Traceparent") {
				t.Errorf("got %v and %v, want two traces", first, second)
			}
		})
	}
}

// outbound gives the header of a call within a request with that header.
func outbound(t *testing.T, tracer *telemetry.Tracer, inbound http.Header) http.Header {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.Header = inbound

	ctx, span := tracer.StartInbound(r)
	defer span.End()

	if !span.SpanContext().TraceID().IsValid() {
		t.Error("the request has no trace id")
	}

	header := http.Header{}
	_, call := tracer.StartOutbound(ctx, "user", propagation.HeaderCarrier(header))
	call.End()

	return header
}

func TestSpans(t *testing.T) {
	t.Parallel()

	recorder := tracetest.NewSpanRecorder()
	tracer := telemetry.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)))

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody)
	r.Header.Set("Traceparent", traceparent)

	ctx, inbound := tracer.StartInbound(r)
	work, inside := tracer.Start(ctx, "graphql query", attribute.Int("fields", 3))
	header := http.Header{}
	_, call := tracer.StartOutbound(work, "user", propagation.HeaderCarrier(header))

	telemetry.EndSpan(call, io.ErrUnexpectedEOF)
	telemetry.EndSpan(inside, nil)
	inbound.End()

	type seen struct {
		Name, Kind, Parent string
		Status             sdktrace.Status
		Attributes         []attribute.KeyValue
	}

	var got []seen

	for _, span := range recorder.Ended() {
		if id := span.SpanContext().TraceID().String(); id != traceID {
			t.Errorf("%s is in trace %s", span.Name(), id)
		}

		got = append(got, seen{
			span.Name(), span.SpanKind().String(), span.Parent().SpanID().String(), span.Status(), span.Attributes(),
		})
	}

	want := []seen{
		{
			"GET user", "client", inside.SpanContext().SpanID().String(),
			sdktrace.Status{Code: codes.Error, Description: "unexpected EOF"},
			[]attribute.KeyValue{attribute.String("peer.service", "user")},
		},
		{
			"graphql query", "internal", inbound.SpanContext().SpanID().String(),
			sdktrace.Status{},
			[]attribute.KeyValue{attribute.Int("fields", 3)},
		},
		{"POST", "server", "00f067aa0ba902b7", sdktrace.Status{}, nil},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b attribute.KeyValue) bool { return a == b })); diff != "" {
		t.Error(diff)
	}

	if sent := header.Get("Traceparent"); sent != "00-"+traceID+"-"+call.SpanContext().SpanID().String()+"-01" {
		t.Errorf("the service is told %s", sent)
	}
}
