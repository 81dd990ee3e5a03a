package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Outcome is what became of one request.
type Outcome struct {
	// Due is when it was to be sent, Ended when its answer was there or could not
	// come any more.
	Due, Ended time.Time
	// Err is nil where the answer came and was right.
	Err error
}

// Took is how long it took from when it was due.
func (o Outcome) Took() time.Duration { return o.Ended.Sub(o.Due) }

// Watch carries out a plan whose failures are what is looked for: they end
// nothing. Connections are opened when they are needed, so many of them (fresh)
// for each request anew. No request is tried again. note is told what became of
// each and is called concurrently; of those under way when ctx ends it hears
// nothing.
func Watch(ctx context.Context, p Plan, fresh int, note func(Outcome)) error {
	if err := p.check(); err != nil {
		return err
	}

	var all sync.WaitGroup

	turns := p.turns(ctx)

	for i := range p.Connections {
		all.Go(func() {
			w := watcher{Plan: &p, fresh: i < fresh}
			defer w.leave()

			for n, due, more := turns(); more && ctx.Err() == nil; n, due, more = turns() {
				err := w.try(ctx, n)
				if ctx.Err() == nil {
					note(Outcome{Due: due, Ended: time.Now(), Err: err})
				}
			}
		})
	}

	all.Wait()

	return nil
}

// watcher is one connection after the other.
type watcher struct {
	*Plan

	fresh bool
	conn  *conn // nil: none is open
}

// try sends the nth request and checks its answer.
func (w *watcher) try(ctx context.Context, n int) (err error) {
	if w.conn == nil {
		if w.conn, err = dial(ctx, w.Addr); err != nil {
			return err
		}
	}

	answer, err := w.conn.do(w.Call(n))

	last := errors.Is(err, errClosing) && w.conn.response.whole
	if last {
		answer, err = w.conn.answer(), nil
	}

	if err == nil {
		err = w.Check(n, answer)
	} else {
		last, err = true, fmt.Errorf("no answer: %w", err)
	}

	if last || w.fresh {
		w.leave()
	}

	return err
}

func (w *watcher) leave() {
	if w.conn != nil {
		w.conn.close()
	}

	w.conn = nil
}
