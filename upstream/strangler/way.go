package strangler

import (
	"context"
	"net/http"
	"time"

	"storefront/internal/fault"
)

// way is how one request goes.
type way struct {
	table *Table
	route *route
	side  Side
	entry *entry // by which it came in
	by    Side   // that it came in by
	asked string // the target of that side
	safe  bool   // the method changes nothing
	id    string // of the request, for examples of differences
}

// target is what a side is asked for.
func (w *way) target(side Side) string {
	if side == w.by {
		return w.asked
	}

	return w.entry.translate(w.asked)
}

// carry has a request be answered. This is all there is to a way:
//
//	old:    old → shadow
//	new:    new → (fails) old
//
// Only what is safe is ever sent to both sides.
func (w *way) carry(ctx context.Context, sides Sides) error {
	if w.side == Old {
		return w.old(ctx, sides, w.compares())
	}

	if !w.safe || !w.route.Fallback {
		_, err := w.ask(ctx, sides, Ask{Side: New})

		return err
	}

	if w.route.health.enter() {
		reply, err := w.ask(ctx, sides, Ask{Side: New, Patience: patience(ctx)})
		bad := failed(reply, err)
		w.route.health.leave(bad)

		if !bad || ctx.Err() != nil {
			return err
		}
	}

	w.route.figures.fellBack()

	return w.old(ctx, sides, false)
}

func (w *way) old(ctx context.Context, sides Sides, compare bool) error {
	reply, err := w.ask(ctx, sides, Ask{Side: Old, Keep: compare})
	if !compare {
		return err
	}

	job := comparison{route: w.route, target: w.target(New), id: w.id, old: reply, peek: sides.Peek()}

	switch {
	case reply.Status == 0:
	case reply.Later == nil:
		w.table.shadows.offer(job)
	default:
		reply.Later(func(body []byte) {
			job.old.Body = body
			w.table.shadows.offer(job)
		})
	}

	return err
}

// ask asks one side and notes how it went.
func (w *way) ask(ctx context.Context, sides Sides, ask Ask) (Reply, error) {
	ask.Target = w.target(ask.Side)
	start := time.Now()
	reply, err := sides.Answer(ctx, ask)

	if fault.KindOf(err) != fault.Canceled {
		w.route.figures.answered(ask.Side, failed(reply, err), time.Since(start))
	}

	return reply, err
}

// compares reports whether the new side is to be asked beside the old one.
func (w *way) compares() bool {
	return w.safe && (w.route.Mode == ModeShadow || w.route.Mode == ModePercent && w.route.Ramp != nil)
}

// failed reports whether a side did not do its work. That there is no such
// thing, or that a request is wrong, is an answer.
func failed(reply Reply, err error) bool {
	switch fault.KindOf(err) {
	case fault.None:
		return reply.Status >= http.StatusInternalServerError || reply.Status == http.StatusTooManyRequests
	case fault.NotFound, fault.Canceled:
		return false
	default:
		return true
	}
}

// patience is how long the new side may take where the old one can stand in:
// half of what is left, so that there is time for both.
func patience(ctx context.Context) time.Duration {
	const (
		both   = 2
		unsaid = time.Second
	)

	deadline, bounded := ctx.Deadline()
	if !bounded {
		return unsaid
	}

	return max(time.Millisecond, time.Until(deadline)/both)
}
