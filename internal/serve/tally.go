package serve

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"storefront/internal/telemetry"
)

// tally counts what one BFF sheds, for one line of the log a second: when there
// is too much to do, a line for each request would be more of it.
type tally struct {
	log *slog.Logger
	bff string

	mu     sync.Mutex
	counts map[string]int64
	timer  *time.Timer // nil: nothing is counted
}

func newTally(log *slog.Logger, bff string) *tally {
	return &tally{log: log, bff: bff, counts: map[string]int64{}}
}

// note counts one thing that was shed.
func (t *tally) note(what string) {
	const every = time.Second

	t.mu.Lock()
	defer t.mu.Unlock()

	t.counts[what]++

	if t.timer == nil {
		t.timer = time.AfterFunc(every, t.tell)
	}
}

// tell logs the counts since the last time, if there are any.
func (t *tally) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()

	if t.timer == nil {
		return
	}

	t.timer.Stop()
	t.timer = nil

	attributes := []slog.Attr{slog.String("bff", t.bff)}

	for _, what := range telemetry.Shed() {
		if n := t.counts[what]; n > 0 {
			attributes = append(attributes, slog.Int64(what, n))
		}
	}

	clear(t.counts)
	t.log.LogAttrs(context.Background(), slog.LevelWarn, "shed", attributes...)
}
