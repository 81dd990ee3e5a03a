package strangler

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestRelease tells who was too late, be it by a moment, and then nothing of the
// time any more.
func TestRelease(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		end      func(end context.CancelCauseFunc, leave context.CancelFunc)
		patience time.Duration
		waits    time.Duration
		unaware  bool // patience is over, and the leash has not been told yet
		want     error
	}{
		"in time":              {patience: time.Minute, waits: time.Second},
		"in time, no patience": {waits: time.Hour},
		"the time is over":     {end: func(end context.CancelCauseFunc, _ context.CancelFunc) { end(context.DeadlineExceeded) }, want: context.DeadlineExceeded},
		"patience is over":     {patience: time.Second, waits: time.Second, want: context.DeadlineExceeded},
		"over by a moment":     {patience: time.Minute, unaware: true, want: context.DeadlineExceeded},
		"the client has left":  {end: func(_ context.CancelCauseFunc, leave context.CancelFunc) { leave() }, want: context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, leave := context.WithCancel(t.Context())
				defer leave()

				wait, end := context.WithCancelCause(client)
				l := newLeash(wait, client, test.patience)

				defer l.cancel(nil)

				if test.unaware {
					l.timer.Stop()
					l.timer = time.AfterFunc(0, func() {})
				}

				time.Sleep(test.waits)
				synctest.Wait()

				if test.end != nil {
					test.end(end, leave)
				}

				if err := l.release(); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
					t.Errorf("released with %v", err)
				}

				end(context.DeadlineExceeded)
				time.Sleep(time.Hour)

				if got := context.Cause(l); !errors.Is(got, test.want) || (got == nil) != (test.want == nil) {
					t.Errorf("it ended with %v", got)
				}
			})
		})
	}
}
