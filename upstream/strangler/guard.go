package strangler

import (
	"context"
	"log/slog"
	"time"
)

// guardEvery is how often routes with a ramp are looked at.
const guardEvery = 500 * time.Millisecond

// guard moves routes with a ramp up while their figures hold, and back to the old
// side as soon as they do not, until ctx ends. Each process judges by what it has
// seen itself, and one is enough.
func (t *Table) guard(ctx context.Context) {
	g := guard{move: t.move, log: t.options.Log}
	g.run(ctx, func() []*route { return t.routes.Load().all })
}

// guard is what is remembered between two looks.
type guard struct {
	move    func(move) (bool, error)
	log     *slog.Logger
	watches map[*figures]*watch // Figures outlive routes.
}

// run looks at the routes in force until ctx ends.
func (g *guard) run(ctx context.Context, inForce func() []*route) {
	tick := time.NewTicker(guardEvery)
	defer tick.Stop()

	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			g.look(ctx, inForce())
		}
	}
}

// watch is what is known of a route with a ramp.
type watch struct {
	place   place
	moves   int           // of the route, when it came there
	since   time.Duration // when it came there, by its figures' time
	divided time.Duration // when it came to mode percent
	before  sample        // the totals of then
	old     pace
	stuck   bool // its last move was an error
}

// look judges all routes once.
func (g *guard) look(ctx context.Context, all []*route) {
	known := g.watches
	g.watches = make(map[*figures]*watch, len(known))

	for _, r := range all {
		if r.Ramp == nil {
			continue
		}

		now := time.Since(r.figures.begun)

		w := known[r.figures]
		if w == nil {
			w = &watch{divided: now}
			w.arrive(r, now)
		}

		g.watches[r.figures] = w
		w.follow(r, now)

		if r.Mode == ModePercent {
			g.judge(ctx, r, w, now)
		}
	}
}

// follow begins a new step where the route has moved, whoever moved it.
func (w *watch) follow(r *route, now time.Duration) {
	w.old.note(r.figures, now)

	moves := r.moves - w.moves
	if moves == 0 {
		return
	}

	if w.place.Mode != ModePercent || moves > 1 { // It may have gone back and come again.
		w.divided = now
	}

	w.arrive(r, now)
}

func (w *watch) arrive(r *route, now time.Duration) {
	w.place, w.moves, w.since, w.before, w.stuck = r.place(), r.moves, now, r.figures.totals(), false
}

// judge moves one route if it is to be moved.
func (g *guard) judge(ctx context.Context, r *route, w *watch, now time.Duration) {
	m := move{Route: r.Name, From: w.place}

	switch said := decide(*r.Ramp, r.Percent, w.evidence(r, now), now-w.since); said.turn {
	case up:
		m.To, m.By, m.Because = place{ModePercent, min(wholePercent, r.Percent+r.Ramp.Step)}, "ramp", said.because
	case back:
		m.To, m.By, m.Because = place{Mode: ModeOld}, "guard", said.because
	case stay:
		return
	}

	// That somebody else was faster is seen at the next look.
	if _, err := g.move(m); err != nil && !w.stuck {
		w.stuck = true // One line is enough: it is tried again at each look.

		g.log.LogAttrs(ctx, slog.LevelError, "strangler move", slog.String("route", r.Name), slog.String("by", m.By), slog.Any("error", err))
	}
}

// evidence is what is known of a route in mode percent.
func (w *watch) evidence(r *route, now time.Duration) evidence {
	f := r.figures
	all := f.totals()
	e := evidence{
		step:   tally{failures(all) - failures(w.before), due(all) - due(w.before)},
		differ: tally{all.Different - w.before.Different, all.Compared - w.before.Compared},
		old:    w.old.slowest(),
	}

	// What was before the route came to mode percent has been judged, or is
	// somebody's wish to try again. The second in which it came is in both.
	first := w.divided.Truncate(figuresSlot) + figuresSlot

	sharp, late := f.counted(max(first, now-sharpSpan), now), f.counted(max(first, now-lateSpan), now)
	e.sharp, e.late = tally{failures(sharp), due(sharp)}, tally{failures(late), due(late)}

	if bound := r.Ramp.bound(w.old.rough()); bound > 0 {
		e.lapses = lapses(f, bound, first, now)
	}

	if bound := r.Ramp.bound(e.old); bound > 0 && now-figuresSpan >= first {
		e.minute(f, bound, now)
	}

	return e
}

// lapses are those of the times since first, where 99 of 100 answers may take as
// long as bound.
func lapses(f *figures, bound, first, now time.Duration) (all [3]lapse) {
	asked := f.took(Old, now-figuresSpan, now).count

	for i, over := range []struct {
		by   *ring[times]
		span time.Duration
	}{{&f.beats, grossSpan}, {&f.spells, grossLater}, {&f.spells, figuresSpan}} {
		if now-over.span >= first {
			all[i] = lapsed(over.by, over.span, bound, now)
			all[i].alone = asked < grossAsked
		}
	}

	return all
}

// minute adds how slow the new side was in the last one.
func (e *evidence) minute(f *figures, bound, now time.Duration) {
	var minute spread

	third := figuresSpan / time.Duration(len(e.slow))
	for i := range e.slow {
		end := now - time.Duration(i)*third
		took := f.took(New, end-third, end-figuresSpell)
		e.slow[i] = tally{took.slower(bound), took.count}

		minute.merge(took)
	}

	if minute.count >= rampAnswers {
		e.fresh = minute.quantile(most)
	}
}

// failures of the new side, and how many requests were due for it: one that it
// was not asked since it rests is a failure. A dead side would look quiet.
func failures(s sample) int { return s.New.Failed + s.rested }
func due(s sample) int      { return s.New.Requests + s.rested }
