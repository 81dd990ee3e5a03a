package resilience

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"storefront/internal/fault"
	"storefront/internal/need"
	"storefront/internal/telemetry"
)

// flights lets concurrent calls with the same key share one flight. The flight
// lives as long as anyone waits for it: the first caller to come starts it, any
// caller may leave when its own budget is spent, and when the last one has left
// the flight is canceled. It is safe for concurrent use.
type flights struct {
	patience time.Duration // the most that a flight may take
	mu       sync.Mutex
	all      map[string]*flight
}

// flight is one running call. value and err are written before done is closed
// and only read afterwards; waiting is guarded by flights.mu.
type flight struct {
	// deadline is when its starter's time is up; zero is never. The service was
	// told so, and may give up then.
	deadline time.Time
	done     chan struct{}
	life     *life
	waiting  int
	value    any
	err      error
}

func newFlights(patience time.Duration) *flights {
	return &flights{patience: patience, all: map[string]*flight{}}
}

// running reports whether somebody waits for key just now.
func (f *flights) running(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.all[key] != nil
}

// ground lets nobody join the flights that are under way: what they bring has
// been purged. Those who wait get it all the same.
func (f *flights) ground() {
	f.mu.Lock()
	defer f.mu.Unlock()

	clear(f.all)
}

// do returns what call returns, for all who ask for key at the same time.
// shared tells whether another caller had started the flight already.
func (f *flights) do(ctx context.Context, key string, call func(context.Context) (any, error)) (value any, shared bool, err error) {
	running, shared := f.join(ctx, key, call)
	value, err = f.wait(ctx, key, running)

	return value, shared, err
}

// wait returns what a flight brings that was joined.
func (f *flights) wait(ctx context.Context, key string, joined *flight) (value any, err error) {
	select {
	case <-joined.done:
		return joined.value, joined.err
	case <-ctx.Done():
		f.leave(key, joined, ctx.Err())

		return nil, ctx.Err() //nolint:wrapcheck // It gets its kind further out.
	}
}

func (f *flights) join(ctx context.Context, key string, call func(context.Context) (any, error)) (running *flight, shared bool) {
	f.mu.Lock()
	defer f.mu.Unlock()

	running, shared = f.all[key]
	if shared && !running.fits(ctx) {
		shared = false // A new one takes its place; those who wait for the old one still do.
	}

	if !shared {
		// The flight may outlive the caller that starts it, so it takes the
		// caller's values but not its end.
		running = &flight{done: make(chan struct{}), life: newLife(ctx, f.patience)}
		running.deadline, _ = ctx.Deadline()
		f.all[key] = running
	}

	if need.From(ctx).Extra {
		running.life.extra.Store(true)
	}

	running.waiting++

	if shared {
		running.life.serve(ctx)
	} else {
		go f.run(key, running, call) //nolint:contextcheck // Its context is its life.
	}

	return running, shared
}

// fits reports whether a flight has enough time left for the caller of ctx: at
// least half of the caller's own. A caller with a whole budget must not share
// the end of a call that was given up nearly.
func (f *flight) fits(ctx context.Context) bool {
	deadline, bounded := ctx.Deadline()
	if f.deadline.IsZero() {
		return true
	}

	return bounded && time.Until(f.deadline) >= time.Until(deadline)/2
}

// leave takes one caller off a flight; the last one's reason ends the flight.
func (f *flights) leave(key string, left *flight, reason error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	left.waiting--
	if left.waiting == 0 {
		f.forget(key, left)
		left.life.cancel(reason)
	}
}

// forget takes a flight off the list, so that nobody joins it any more. The
// caller holds mu.
func (f *flights) forget(key string, gone *flight) {
	if f.all[key] == gone {
		delete(f.all, key)
	}
}

func (f *flights) run(key string, running *flight, call func(context.Context) (any, error)) {
	growStack(len(key))

	running.value, running.err = recovered(running.life, call)

	f.mu.Lock()
	f.forget(key, running)
	f.mu.Unlock()

	close(running.done)
	running.life.cancel(context.Canceled)
}

// growStack gives a new goroutine the stack that a call takes while there is
// nothing on it yet: to grow it further in means to copy and adjust what is on
// it, twice.
//
//go:noinline
func growStack(at int) byte {
	var room [5 << 10]byte

	room[at%len(room)] = 1

	return room[(at+1)%len(room)]
}

// recovered turns a panic of call into an error: a flight has no caller whose
// recovery would catch it, and one broken answer must not end the process.
func recovered(ctx context.Context, call func(context.Context) (any, error)) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(ctx, p)
		}
	}()

	return call(ctx)
}

// panicked is the error that a panic becomes.
func panicked(ctx context.Context, p any) error {
	err := fault.Wrap(fault.Unavailable, fmt.Errorf("panic: %v\n%s", p, debug.Stack())) //nolint:err113 // For the log.
	telemetry.RecordFrom(ctx).SetFault(err)

	return err
}
