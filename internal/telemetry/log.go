package telemetry

import (
	"context"
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes to w, as JSON or as text for people.
// A line logged with a request's context carries its request and trace ids.
func NewLogger(w io.Writer, json bool, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if json {
		return slog.New(requestHandler{lineHandler{Handler: slog.NewJSONHandler(w, options), to: w}})
	}

	return slog.New(requestHandler{slog.NewTextHandler(w, options)})
}

// requestHandler adds the ids of the context's request to each line.
type requestHandler struct{ slog.Handler }

// Handle writes one line.
func (h requestHandler) Handle(ctx context.Context, line slog.Record) error {
	if r := RecordFrom(ctx); r.RequestID != "" {
		line.AddAttrs(slog.String("request_id", r.RequestID), slog.String("trace_id", r.TraceID))
	}

	return h.Handler.Handle(ctx, line) //nolint:wrapcheck // A handler passes on what it wraps.
}

// WithAttrs returns a handler whose lines carry attributes.
func (h requestHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(attributes)}
}

// WithGroup returns a handler whose lines are grouped.
func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}
