package telemetry

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Tracer starts spans and carries their context from request to request. With
// no exporter it makes no spans, but every request still has a trace id, taken
// from its client or made here, and passes it on.
type Tracer struct {
	tracer    trace.Tracer
	recording bool
}

// NewTracer returns a tracer over provider; a nil provider records nothing.
func NewTracer(provider trace.TracerProvider) *Tracer {
	recording := provider != nil
	if !recording {
		provider = noop.NewTracerProvider()
	}

	return &Tracer{tracer: provider.Tracer("storefront"), recording: recording}
}

// w3c reads and writes `traceparent` and `tracestate`.
var w3c propagation.TraceContext //nolint:gochecknoglobals // A value without state.

// Recording reports whether spans are made.
func (t *Tracer) Recording() bool { return t.recording }

// Continue returns the trace of an inbound request, or a new one, where no spans
// are made. It is for the request's record.
func Continue(h http.Header) trace.SpanContext {
	if h["Traceparent"] != nil {
		if given := trace.SpanContextFromContext(w3c.Extract(context.Background(), propagation.HeaderCarrier(h))); given.IsValid() {
			return given
		}
	}

	return newSpanContext()
}

// StartInbound continues the trace of an inbound request, or starts one.
func (t *Tracer) StartInbound(r *http.Request) (context.Context, trace.Span) {
	ctx := w3c.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	if t.recording {
		return t.tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
	}

	if !trace.SpanContextFromContext(ctx).IsValid() {
		ctx = trace.ContextWithSpanContext(ctx, newSpanContext())
	}

	return ctx, trace.SpanFromContext(ctx)
}

// StartOutbound starts the span of a call to an upstream service and writes its
// context into header.
func (t *Tracer) StartOutbound(ctx context.Context, service string, header propagation.TextMapCarrier) (context.Context, trace.Span) {
	if !t.recording {
		if span := RecordFrom(ctx).Span; span.IsValid() {
			inject(span, header)
		} else {
			w3c.Inject(ctx, header)
		}

		return ctx, noop.Span{}
	}

	ctx, span := t.start(ctx, "GET "+service, trace.SpanKindClient, attribute.String("peer.service", service))
	w3c.Inject(ctx, header)

	return ctx, span
}

// Start starts a span of work inside this process.
func (t *Tracer) Start(ctx context.Context, name string, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	return t.start(ctx, name, trace.SpanKindInternal, attributes...)
}

func (t *Tracer) start(ctx context.Context, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	if !t.recording {
		return ctx, noop.Span{}
	}

	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
}

// EndSpan ends span; a non-nil err marks it as failed.
func EndSpan(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}

	span.End()
}

// newSpanContext makes the context of a trace that starts here and is not
// sampled. Its ids are random and no secrets.
func newSpanContext() trace.SpanContext {
	var (
		traceID trace.TraceID
		spanID  trace.SpanID
	)

	binary.LittleEndian.PutUint64(traceID[:], rand.Uint64())  //nolint:gosec // No secret.
	binary.LittleEndian.PutUint64(traceID[8:], rand.Uint64()) //nolint:gosec // No secret.
	binary.LittleEndian.PutUint64(spanID[:], rand.Uint64()|1) //nolint:gosec // No secret, and 0 is no id.

	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID})
}

// inject writes a trace's context as W3C has it.
func inject(span trace.SpanContext, header propagation.TextMapCarrier) {
	const room = len("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")

	if state := span.TraceState(); state.Len() > 0 {
		header.Set("tracestate", state.String())
	}

	traceID, spanID := span.TraceID(), span.SpanID()
	flags := [1]byte{byte(span.TraceFlags() & (trace.FlagsSampled | trace.FlagsRandom))}

	text := append(make([]byte, 0, room), "00-"...)
	text = append(hex.AppendEncode(text, traceID[:]), '-')
	text = append(hex.AppendEncode(text, spanID[:]), '-')
	header.Set("traceparent", string(hex.AppendEncode(text, flags[:])))
}
