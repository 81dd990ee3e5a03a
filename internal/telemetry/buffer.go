package telemetry

import (
	"io"
	"sync"
	"time"
)

// Buffer gathers lines of a log, so that many are written at once: a system
// call for each request costs as much as all else that is observed of it. What
// it holds is written when it is much, when it is old, and by Flush. It is safe
// for concurrent use.
type Buffer struct {
	to  io.Writer
	age time.Duration

	mu    sync.Mutex
	lines []byte
	due   *time.Timer // set while there is something to be written
}

// maxBuffered is how much is gathered at most, in bytes.
const maxBuffered = 32 << 10

// NewBuffer returns a buffer of what is to be written to a log within age.
func NewBuffer(to io.Writer, age time.Duration) *Buffer {
	return &Buffer{to: to, age: age, lines: make([]byte, 0, maxBuffered)}
}

// Write takes one or more whole lines. It fails only as an earlier write did.
func (b *Buffer) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	var err error
	if len(b.lines)+len(lines) > maxBuffered {
		err = b.flush()
	}

	b.lines = append(b.lines, lines...)

	if b.due == nil {
		b.due = time.AfterFunc(b.age, func() { _ = b.Flush() }) // The next write fails as well.
	}

	return len(lines), err
}

// Flush writes all that is held.
func (b *Buffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.flush()
}

func (b *Buffer) flush() error {
	if b.due != nil {
		b.due.Stop()
		b.due = nil
	}

	if len(b.lines) == 0 {
		return nil
	}

	_, err := b.to.Write(b.lines)
	b.lines = b.lines[:0]

	return err //nolint:wrapcheck // A writer passes on what it wraps.
}
