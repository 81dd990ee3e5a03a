package strangler

import (
	"context"
	"errors"
	"net/http"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
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
	named bool   // somebody in particular asks, who can have asked too often
	// forget has its idempotency key be that of nobody yet; nil: there is none, or it
	// is known from before.
	forget func()
	// byUser is true where it depends on whom it is for, and the request does not
	// say that.
	byUser bool
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
// Only what is safe is ever sent to both sides. Where both fail, the error is
// that of the old one: it was asked last, so it is its answer that the client
// has, if any; and that the new one failed is what the figures say.
func (w *way) carry(ctx context.Context, sides Sides) error {
	if w.side == Old {
		return w.old(ctx, sides, w.compares())
	}

	if !w.safe || !w.route.Fallback {
		_, err := w.ask(ctx, sides, Ask{Side: New})

		return err
	}

	leave, asked := w.route.health.enter()
	if asked {
		if fails, err := w.try(ctx, sides, leave); !fails || ctx.Err() != nil {
			return err
		}
	}

	w.route.figures.fellBack(!asked)

	return w.old(ctx, sides, false)
}

// try asks the new side, for as long as the old one can still stand in, and
// gives leave back whatever happens.
func (w *way) try(ctx context.Context, sides Sides, leave permit) (fails bool, err error) {
	how := broke // also by a panic, which goes on

	defer func() { w.route.health.leave(leave, how) }()

	reply, err := w.ask(ctx, sides, Ask{Side: New, Patience: patience(sides.Until(ctx))})

	switch {
	case left(ctx, err):
		how = gone
	case !w.failed(reply, err):
		how = worked
	}

	return how == broke, err
}

// old asks the old side, and offers its answer to be compared.
func (w *way) old(ctx context.Context, sides Sides, compare bool) error {
	reply, err := w.ask(ctx, sides, Ask{Side: Old, Keep: compare})
	if !compare || left(ctx, err) {
		return err
	}

	if reply.Status == 0 || failed(reply, err) { // There is nothing to hold against it.
		w.route.differences.came(cameSkipped)

		return err
	}

	job := comparison{route: w.route, target: w.target(New), pattern: w.entry.path.New, id: telemetry.RecordFrom(ctx).RequestID, old: reply, peek: sides.Peek()}

	if reply.Later == nil {
		w.table.shadows.offer(job)

		return err
	}

	shadows := w.table.shadows

	reply.Later(func(body []byte) {
		if body == nil { // It did not come whole, or is not to be compared.
			job.route.differences.came(cameSkipped)

			return
		}

		job.old.Body = body
		shadows.offer(job)
	})

	return err
}

// ask asks one side and notes how it went; nothing where nobody waits for the
// answer any more. An answer that looks good is noted once its body has ended.
func (w *way) ask(ctx context.Context, sides Sides, ask Ask) (reply Reply, err error) {
	ask.Target, ask.Personal = w.target(ask.Side), w.route.Mode == ModePercent
	start, back := time.Now(), false

	defer func() {
		took, figures, side := time.Since(start), w.route.figures, ask.Side

		switch {
		case back && left(ctx, err):
		case back && reply.Ends != nil && !w.failed(reply, err):
			reply.Ends(func(broke bool) { figures.answered(side, broke, time.Now().Add(-took), took) })
		default: // A panic is a failure.
			figures.answered(side, !back || w.failed(reply, err), start, took)
		}
	}()

	reply, err = sides.Answer(ctx, ask)
	back = true

	return reply, err
}

// compares reports whether the new side is to be asked beside the old one: in
// shadow, and where a ramp wants to know of differences.
func (w *way) compares() bool {
	switch w.route.Mode {
	case ModeShadow:
		return w.safe
	case ModePercent:
		return w.safe && w.route.Ramp != nil && w.route.Ramp.maxDiff() > 0
	case ModeOld, ModeNew:
		return false
	default:
		return false
	}
}

// left reports whether there is no answer and the side has no part in that: the
// client has gone, however the side tells it, or the side was not asked at all. A
// context that ends with a cause of its own was ended by us: the side was late.
func left(ctx context.Context, err error) bool {
	return err != nil && (errors.Is(err, errNoMatch) || fault.KindOf(err) == fault.Canceled || errors.Is(context.Cause(ctx), context.Canceled))
}

// failed reports whether a side did not do its work for this request. That its
// client has asked too often is an answer about that client, and passed on: one
// client that is limited must not move a route for all. Where nobody in
// particular has asked it is all of them who did.
func (w *way) failed(reply Reply, err error) bool {
	if w.named && err == nil && reply.Status == http.StatusTooManyRequests {
		return false
	}

	return failed(reply, err)
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
// half of what is left until deadline, so that there is time for both.
func patience(deadline time.Time, bounded bool) time.Duration {
	const (
		both   = 2
		unsaid = time.Second
	)

	if !bounded {
		return unsaid
	}

	return max(time.Millisecond, time.Until(deadline)/both)
}
