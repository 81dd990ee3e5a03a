package serve

import (
	"log/slog"
	"net/http"
	"slices"
	"time"

	"storefront/internal/telemetry"
)

// eventLevel is an error for a fault of our own, a warning for a page that
// services have left less than whole or an answer that broke off on its way, and
// else what is usual.
func eventLevel(record *telemetry.Record, status int, quiet bool) slog.Level {
	switch {
	case record.Fault() != nil:
		return slog.LevelError
	case quiet:
		return slog.LevelDebug
	case status >= http.StatusInternalServerError || len(record.Degraded()) > 0 || broke(record.Calls()):
		return slog.LevelWarn
	default:
		return slog.LevelInfo
	}
}

// broke reports whether an answer broke off while it was passed on.
func broke(calls []telemetry.Call) bool {
	return slices.ContainsFunc(calls, func(c telemetry.Call) bool { return c.Broke })
}

// event is the wide event: all that is known of one request, in one line. It
// names no user and no path.
func event(record *telemetry.Record, r *http.Request, status int, bytes int64, took time.Duration) []slog.Attr {
	attributes := []slog.Attr{
		slog.String("bff", record.BFF),
		slog.String("method", telemetry.KnownMethod(r.Method)),
		slog.String("route", record.Route()),
		slog.Int("status", status),
		slog.Int64("bytes", bytes),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000), //nolint:mnd // µs to ms.
		slog.Int("upstream_calls", len(record.Calls())),
	}

	if extra := extraCalls(record.Calls()); extra > 0 {
		attributes = append(attributes, slog.Int("upstream_extra_calls", extra))
	}

	if timing := record.ServerTiming(); timing != "" {
		attributes = append(attributes, slog.String("upstream", timing))
	}

	if failures := failures(record.Calls()); len(failures) > 0 {
		attributes = append(attributes, slog.Any("upstream_errors", failures))
	}

	if degraded := record.Degraded(); len(degraded) > 0 {
		sections := make([]string, len(degraded))
		for i, s := range degraded {
			sections[i] = s.Name + " " + s.State.String() + " " + s.Reason.Reason()
		}

		attributes = append(attributes, slog.Any("degraded", sections))
	}

	if err := record.Fault(); err != nil {
		attributes = append(attributes, slog.String("error", err.Error()))
	}

	return attributes
}

// extraCalls are the retries and hedges of all calls.
func extraCalls(calls []telemetry.Call) (extra int) {
	for _, call := range calls {
		extra += call.Extra
	}

	return extra
}

// failures tells why upstream calls failed, each in a line of bounded length.
func failures(calls []telemetry.Call) []string {
	const longest = 300

	var lines []string

	for _, call := range calls {
		if call.Err != nil {
			line := call.Service + ": " + call.Err.Error()
			lines = append(lines, line[:min(len(line), longest)])
		}
	}

	return lines
}

// plainEvent writes the event of a request that went well to a JSON log: the
// same line as [event] makes, at less cost. It reports whether it could.
func plainEvent(log *slog.Logger, level slog.Level, record *telemetry.Record, method string, status int, bytes int64, took time.Duration) bool {
	calls, timing, plain := record.Plain()
	if !plain {
		return false
	}

	line, ok := telemetry.NewLine(log, level, "request")
	if !ok {
		return false
	}

	line.Text("bff", record.BFF)
	line.Text("method", telemetry.KnownMethod(method))
	line.Text("route", record.Route())
	line.Int("status", int64(status))
	line.Int("bytes", bytes)
	line.Float("duration_ms", float64(took.Microseconds())/1000) //nolint:mnd // µs to ms.
	line.Int("upstream_calls", int64(calls))

	if timing != "" {
		line.Text("upstream", timing)
	}

	line.Text("request_id", record.RequestID)
	line.Text("trace_id", record.TraceID)

	return line.Write()
}
