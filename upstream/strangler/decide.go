package strangler

import (
	"fmt"
	"strconv"
	"time"
)

// evidence is what a ramp judges by: how the new side of a route did, as far as
// this process knows.
type evidence struct {
	// sharp, late and step are requests that failed, those included that the new
	// side was not asked since it fails: of the last five and ten seconds, and since
	// the last change of percent.
	sharp, late, step tally
	// differ are compared answers that were different, since the last change.
	differ tally
	// old is the 99th percentile of the old side that the new one is held against,
	// 0 where it is not known; fresh is that of the new one over the last minute,
	// 0 where it has answered too few.
	old, fresh time.Duration
	// slow are the answers of the new side that took longer than they may, in each
	// third of the last minute; empty where that is not known.
	slow [3]tally
	// lapses are the answers that took longer than they may in the last 8 s, 20 s and
	// minute; empty where that is not known.
	lapses [3]lapse
}

// turn is where a ramp goes.
type turn uint8

const (
	stay turn = iota
	up
	back
)

// verdict is a turn, and why, for people.
type verdict struct {
	turn    turn
	because string
}

// What it takes to believe bad figures. ADR 25 has the reasons and what follows
// from them.
const (
	sharpSpan = 5 * time.Second
	lateSpan  = 10 * time.Second
	// rampFailures is how many failures, or differences, there are at least: one
	// or two are an accident at any traffic.
	rampFailures = 3
	// rampDoubt is how seldom a side that fails just as often as it may is taken
	// for one that fails more often, in each time that is judged by itself.
	rampDoubt = 1e-4
	// differDoubt is the same for differences, which are judged once over a step.
	differDoubt = 1e-3
	// slowDoubt is the same for a third of a minute; all three have to agree.
	slowDoubt = 1e-2
	// slowShare is how much of all is above the 99th percentile.
	slowShare = 0.01
	// rampAnswers is how many answers of a minute it takes to know a 99th
	// percentile.
	rampAnswers = 100
	// rampNoise is by how much the new side may be slower in any case: that much is
	// the machine's doing and nobody's harm.
	rampNoise = 5 * time.Millisecond
)

// bound is how long 99 of 100 answers of the new side may take, 0 for any time.
func (r Ramp) bound(old time.Duration) time.Duration {
	if r.MaxP99Ratio <= 0 || old <= 0 {
		return 0
	}

	return max(time.Duration(r.MaxP99Ratio*float64(old)), old+rampNoise)
}

// decide says where a ramp goes that is at percent and has been for inStep. It
// goes back on evidence alone, and up only where nothing speaks against it: in
// between it stays.
func decide(r Ramp, percent int, e evidence, inStep time.Duration) verdict {
	for _, judge := range []func(Ramp, evidence) string{failing, differing, crawling, slow} {
		if why := judge(r, e); why != "" {
			return verdict{back, why}
		}
	}

	if !ripe(r, percent, e, inStep) {
		return verdict{}
	}

	return verdict{up, held(e, inStep)}
}

// ripe reports whether a step is over, and its figures hold. Here they are taken
// as they are: what is too little to go back for is enough to wait.
func ripe(r Ramp, percent int, e evidence, inStep time.Duration) bool {
	least := r.MinRequests
	if least == 0 {
		least = usualRequests
	}

	switch bound := r.bound(e.old); {
	case percent >= wholePercent, inStep < r.Every:
		return false
	case percent > 0 && e.step.of-e.step.bad < least:
		return false
	case r.MaxErrorRatio > 0 && e.step.above(r.MaxErrorRatio), r.maxDiff() > 0 && e.differ.above(r.maxDiff()):
		return false
	default:
		return bound == 0 || e.fresh <= bound && !slowOfLate(e)
	}
}

const wholePercent = 100

// failing is why the new side fails too often, "" where it does not.
func failing(r Ramp, e evidence) string {
	if r.MaxErrorRatio <= 0 {
		return ""
	}

	for _, seen := range []struct {
		tally
		span time.Duration
	}{{e.sharp, sharpSpan}, {e.late, lateSpan}} {
		if seen.bad >= rampFailures && seen.beyond(r.MaxErrorRatio, rampDoubt) {
			return fmt.Sprintf("%d of %d requests failed in %.0f s, at most %s may", seen.bad, seen.of, seen.span.Seconds(), share(r.MaxErrorRatio))
		}
	}

	return ""
}

// differing is why its answers differ too often.
func differing(r Ramp, e evidence) string {
	if r.maxDiff() <= 0 || e.differ.bad < rampFailures || !e.differ.beyond(r.maxDiff(), differDoubt) {
		return ""
	}

	return fmt.Sprintf("%d of %d compared answers differ, at most %s may", e.differ.bad, e.differ.of, share(r.maxDiff()))
}

// slow is why it takes too long.
func slow(r Ramp, e evidence) string {
	if r.bound(e.old) == 0 || e.fresh == 0 {
		return ""
	}

	var all tally

	for _, third := range e.slow {
		if !third.beyond(slowShare, slowDoubt) {
			return ""
		}

		all.bad, all.of = all.bad+third.bad, all.of+third.of
	}

	return fmt.Sprintf("%d of %d answers took longer than %s in a minute, at most 1 %% may: the 99th percentile is %s, and %s on the old side",
		all.bad, all.of, r.bound(e.old).Round(timeUnit), e.fresh.Round(timeUnit), e.old.Round(timeUnit))
}

// held is why a ramp goes up.
func held(e evidence, inStep time.Duration) string {
	why := fmt.Sprintf("%d of %d requests failed in %s", e.step.bad, e.step.of, inStep.Round(time.Second))
	if e.differ.of > 0 {
		why += fmt.Sprintf(", %d of %d compared answers differ", e.differ.bad, e.differ.of)
	}

	if e.old > 0 && e.fresh > 0 {
		why += fmt.Sprintf(", the 99th percentile is %s, and %s on the old side", e.fresh.Round(timeUnit), e.old.Round(timeUnit))
	}

	return why
}

// share is a part of all as people read it, such as "0.1 %".
func share(part float64) string {
	const digits = 3

	return strconv.FormatFloat(part*wholePercent, 'g', digits, 64) + " %"
}
