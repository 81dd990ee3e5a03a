package telemetry

import (
	"context"
	"io"
	"log/slog"
	"math"
	"strconv"
	"sync"
	"time"
)

// lineHandler writes plain lines of a JSON log at less cost than the library,
// to the same bytes: the one line of a request that went well is written more
// often than all others together. What is not plain it leaves to the library.
type lineHandler struct {
	slog.Handler

	to io.Writer
}

// maxPooledLine keeps one long line from staying in memory for good.
const maxPooledLine = 4 << 10

var lines = sync.Pool{New: func() any { return new([]byte) }} //nolint:gochecknoglobals // A pool is shared by nature.

// Line is one line of a JSON log in the making. It has the bytes that the
// library would write.
type Line struct {
	to     io.Writer
	buffer *[]byte
	text   []byte
	plain  bool
}

// NewLine begins a line of log; ok is false where log does not write JSON.
func NewLine(log *slog.Logger, level slog.Level, message string) (line Line, ok bool) {
	outer, ok := log.Handler().(requestHandler)
	if !ok {
		return line, false
	}

	handler, ok := outer.Handler.(lineHandler)
	if !ok {
		return line, false
	}

	line = handler.line()
	line.begin(time.Now(), level, message)

	return line, true
}

func (h lineHandler) line() Line {
	buffer, _ := lines.Get().(*[]byte)

	return Line{to: h.to, buffer: buffer, text: (*buffer)[:0], plain: true}
}

func (l *Line) begin(at time.Time, level slog.Level, message string) {
	l.plain = l.plain && isPlain(message)
	l.text = append(l.text, `{"time":"`...)
	l.text = at.Round(0).AppendFormat(l.text, time.RFC3339Nano)
	l.text = append(l.text, `","level":"`...)
	l.text = append(l.text, level.String()...)
	l.text = append(l.text, `","msg":"`...)
	l.text = append(l.text, message...)
	l.text = append(l.text, '"')
}

func (l *Line) key(key string) {
	l.plain = l.plain && key != "" && isPlain(key)
	l.text = append(l.text, `,"`...)
	l.text = append(l.text, key...)
	l.text = append(l.text, `":`...)
}

// Text adds a text.
func (l *Line) Text(key, value string) {
	l.key(key)
	l.plain = l.plain && isPlain(value)
	l.text = append(l.text, '"')
	l.text = append(l.text, value...)
	l.text = append(l.text, '"')
}

// Int adds a whole number.
func (l *Line) Int(key string, value int64) {
	const decimal = 10

	l.key(key)
	l.text = strconv.AppendInt(l.text, value, decimal)
}

// Float adds a number.
func (l *Line) Float(key string, value float64) {
	const (
		small, large = 1e-6, 1e21 // Beyond these JSON has exponents.
		bits         = 64
	)

	abs := math.Abs(value)

	l.key(key)
	l.plain = l.plain && (value == 0 || small <= abs && abs < large)
	l.text = strconv.AppendFloat(l.text, value, 'f', -1, bits)
}

// Write writes the line, unless there is something in it that has to be escaped:
// then it writes nothing, and the library has to do it.
func (l *Line) Write() bool {
	if l.plain {
		l.text = append(l.text, "}\n"...)
		_, _ = l.to.Write(l.text) // There is nowhere else to say it.
	}

	if cap(l.text) <= maxPooledLine {
		*l.buffer = l.text
		lines.Put(l.buffer)
	}

	return l.plain
}

// Handle writes one line.
func (h lineHandler) Handle(ctx context.Context, r slog.Record) error {
	line := h.line()
	line.begin(r.Time, r.Level, r.Message)
	line.plain = line.plain && !r.Time.IsZero()

	r.Attrs(func(a slog.Attr) bool {
		line.attribute(a)

		return line.plain
	})

	if line.Write() {
		return nil
	}

	return h.Handler.Handle(ctx, r) //nolint:wrapcheck // A handler passes on what it wraps.
}

func (l *Line) attribute(a slog.Attr) {
	switch a.Value.Kind() {
	case slog.KindString:
		l.Text(a.Key, a.Value.String())
	case slog.KindInt64:
		l.Int(a.Key, a.Value.Int64())
	case slog.KindFloat64:
		l.Float(a.Key, a.Value.Float64())
	default:
		l.plain = false
	}
}

// isPlain reports whether a text stands in JSON as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}

	return true
}
