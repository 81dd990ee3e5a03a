package strangler

import (
	"context"
	"log/slog"
)

// origin is where a change came from.
type origin struct {
	by      string // operator, file, ramp or guard; "" at the start
	because string // for people
}

// putInForce has requests go as a document says from now on.
func (t *Table) putInForce(ctx context.Context, d *document, from origin) {
	was := t.routes.Load()
	next := newRoutes(d.whole, t.options, was)
	t.routes.Store(next)
	t.shadows.bound(next.bounds)

	back := map[string]bool{} // services

	for _, r := range next.all {
		r.metrics.Percent(r.share())

		if before := was.named(r.Name); before != nil && before.place() != r.place() {
			if before.share() > r.share() {
				back[before.Service] = true
			}

			r.metrics.Moved(from.by)
			r.differences.moved(move{Route: r.Name, From: before.place(), To: r.place(), By: from.by, Because: from.because})
			t.options.Log.LogAttrs(
				ctx, slog.LevelInfo, "route moved",
				slog.String("route", r.Name), slog.String("from", before.place().String()), slog.String("to", r.place().String()),
				slog.String("by", from.by), slog.String("because", from.because),
			)
		}
	}

	for _, r := range was.all {
		if next.named(r.Name) != nil {
			continue
		}

		if r.share() > 0 { // Under another name it may have gone back.
			back[r.Service] = true
		}

		r.metrics.Percent(0)
		t.options.Log.LogAttrs(
			ctx, slog.LevelWarn, "route left the file",
			slog.String("route", r.Name), slog.String("stood", r.place().String()), slog.String("by", from.by),
		)
	}

	if len(back) > 0 {
		t.tellBack(sortedKeys(back))
	}

	level := slog.LevelInfo
	if from == (origin{}) {
		level = slog.LevelDebug // Nothing has changed.
	}

	t.options.Log.LogAttrs(ctx, level, "routes in force", slog.Int("routes", len(next.all)), slog.String("revision", d.revision()))
}

// tellBack says that services answer less than they did. Nobody waits for who is
// told: the next move may be one in the night. t.change is held.
func (t *Table) tellBack(services []string) {
	if t.options.Back != nil && !t.closed {
		t.running.Go(func() { t.options.Back(services) })
	}
}

// share is how much of a route the new side answers, in percent.
func (r *Route) share() int {
	switch r.Mode {
	case ModeNew:
		return maxPercent
	case ModePercent:
		return r.Percent
	case ModeOld, ModeShadow:
	}

	return 0
}
