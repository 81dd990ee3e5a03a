package strangler

import (
	"errors"
	"io"
	"sync"
	"time"
)

// stalled is how long a side may leave a client's body where it is.
const stalled = 30 * time.Second

// upload is the body of a client's request on its way to a side. It may take as
// long as it takes, as long as the side goes on reading it; the time in which an
// answer has to begin runs from its end. That the client goes on sending it is for
// the inbound pipe to see.
type upload struct {
	io.ReadCloser

	budget time.Duration
	timer  *time.Timer

	mu  sync.Mutex
	err error // why it broke off
}

// newUpload calls late when the side is.
func newUpload(body io.ReadCloser, budget time.Duration, late func()) *upload {
	return &upload{ReadCloser: body, budget: budget, timer: time.AfterFunc(stalled, late)}
}

// Read reads what the client sends, in whose own time.
func (u *upload) Read(p []byte) (int, error) {
	u.timer.Stop()

	n, err := u.ReadCloser.Read(p)

	switch {
	case err == nil:
		u.timer.Reset(stalled)
	case errors.Is(err, io.EOF):
		u.timer.Reset(u.budget)
	default:
		u.mu.Lock()
		u.err = &uploadError{err}
		u.mu.Unlock()
	}

	return n, err //nolint:wrapcheck // A reader passes on what it wraps.
}

// broken is why the client's body broke off, nil if it did not.
func (u *upload) broken() error {
	u.mu.Lock()
	defer u.mu.Unlock()

	return u.err
}

// uploadError says that it is the client's body that broke off.
type uploadError struct{ error }

// Unwrap returns what was wrong with it.
func (e *uploadError) Unwrap() error { return e.error }
