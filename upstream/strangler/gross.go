package strangler

import (
	"fmt"
	"slices"
	"time"
)

// What it takes to call the new side grossly slow, which is known in seconds and
// from few answers. ADR 25 has the reasons and what follows from them.
const (
	// grossSpan and grossLater are over which times it is judged, beside
	// [figuresSpan]: the less is asked the longer it takes. All quarters of one have
	// to agree, so that a pause of two quarters moves nothing.
	grossSpan  = 8 * time.Second
	grossLater = 20 * time.Second
	// grossAnswers is how many slow answers there are at least in each quarter.
	grossAnswers = 2
	// grossShare is how much of all has to be slow in each quarter, be it ever so
	// certain: what is less takes a minute to judge.
	grossShare = 0.05
	// grossDoubt is how seldom a side that is slow as often as it may is taken for
	// one that is slower, in each quarter.
	grossDoubt = 1e-3
	// grossGrace is how many times as often as the old side at the same time the
	// new one may be slow, and grossUnlike how seldom an old side that is slow just
	// so often is taken for a faster one.
	grossGrace  = 1.5
	grossUnlike = 0.05
	// grossAsked is how many answers of the old side a minute has where it is asked
	// any more.
	grossAsked = 3
)

// lapse is how many answers took longer than bound in some time.
type lapse struct {
	span, bound time.Duration
	fresh       [4]tally // of the new side, in each quarter, the last one first
	// late and old are those of both sides in the last three quarters: when the
	// first one begins to be slow most of it has been as ever.
	late, old tally
	// alone is whether the old side is not asked any more, so that the new one cannot
	// be held against it.
	alone bool
}

// lapsed is the lapse of the time that ends now, told by times that are fine
// enough to have its quarters.
func lapsed(by *ring[times], span, bound, now time.Duration) lapse {
	l := lapse{span: span, bound: bound}
	quarter, first := span/time.Duration(len(l.fresh)), classBeyond(bound)

	for i := range l.fresh {
		end := now - time.Duration(i)*quarter

		by.each(by.number(end-quarter)+1, by.number(end), func(t *times) {
			fresh, old := t.from(New, first), t.from(Old, first)
			l.fresh[i] = l.fresh[i].plus(fresh)

			if i < len(l.fresh)-1 {
				l.late, l.old = l.late.plus(fresh), l.old.plus(old)
			}
		})
	}

	return l
}

// gross is in how many quarters the new side was grossly slow.
func (l lapse) gross() (quarters int) {
	if l.together() {
		return 0
	}

	for _, seen := range l.fresh {
		if seen.bad >= grossAnswers && seen.above(grossShare) && seen.beyond(slowShare, grossDoubt) {
			quarters++
		}
	}

	return quarters
}

// together reports whether the old side may have been slow as well: then it is
// the machine, or the network. It was not where so many good answers of it
// would hardly ever be seen, were it slow two thirds as often as the new side.
func (l lapse) together() bool {
	good := tally{l.old.of - l.old.bad, l.old.of}

	return !l.alone && !good.beyond(1-l.late.share()/grossGrace, grossUnlike)
}

// slowOfLate reports whether the new side was grossly slow in any quarter.
func slowOfLate(e evidence) bool {
	return slices.ContainsFunc(e.lapses[:], func(l lapse) bool { return l.gross() > 0 })
}

// crawling is why the new side is grossly slow, "" where it is not.
func crawling(_ Ramp, e evidence) string {
	for _, l := range e.lapses {
		if l.gross() < len(l.fresh) {
			continue
		}

		var all tally
		for _, quarter := range l.fresh {
			all = all.plus(quarter)
		}

		return fmt.Sprintf("%d of %d answers took longer than %s in %.0f s, at most 1 %% may, and %d of %d of the old side did then",
			all.bad, all.of, l.bound.Round(timeUnit), l.span.Seconds(), l.old.bad, l.old.of)
	}

	return ""
}
