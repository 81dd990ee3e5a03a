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
	sent   bool // it is net/http's to close

	mu    sync.Mutex
	err   error     // why it broke off
	moved time.Time // when the side got a piece last; zero: it waits for the client
}

// newUpload calls late when the side is.
func newUpload(body io.ReadCloser, budget time.Duration, late func()) *upload {
	return &upload{ReadCloser: body, budget: budget, timer: time.AfterFunc(stalled, late), moved: time.Now()}
}

// Read reads what the client sends, in whose own time.
func (u *upload) Read(p []byte) (int, error) {
	u.timer.Stop()
	u.moves(time.Time{})

	n, err := u.ReadCloser.Read(p)

	u.moves(time.Now())

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

func (u *upload) moves(at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()

	u.moved = at
}

// idle is for how long the side has had all that the client has sent, or has left
// it where it is; 0 while it waits for the client.
func (u *upload) idle() time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()

	if u.moved.IsZero() {
		return 0
	}

	return time.Since(u.moved)
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
