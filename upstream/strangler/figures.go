package strangler

import (
	"sync/atomic"
	"time"

	"storefront/internal/telemetry"
)

// figures are how the sides of a route have done of late, and since the start.
// They are safe for concurrent use; nobody waits for anybody.
type figures struct {
	metrics *telemetry.StranglerRoute
	begun   time.Time
	all     counts
	seconds ring[counts]
	spells  ring[times]
	beats   ring[times] // of late, and finer
}

// counts of requests. What took part in a time is told from what did not by the
// cell of a ring that they are in.
type counts struct {
	good, failed [2]atomic.Int64 // by side
	// rested are requests that the new side was due for and was not asked, since it
	// fails.
	rested                         atomic.Int64
	fallbacks, compared, different atomic.Int64
}

// How long figures are known, and how finely they can be told apart.
const (
	figuresSpan  = time.Minute
	figuresSlot  = time.Second            // of counts
	figuresSpell = 5 * time.Second        // of times
	figuresBeat  = 500 * time.Millisecond // of times of the last eight seconds
)

// The quantiles that people look at, in percent.
const half, most = 50, 99

func newFigures(metrics *telemetry.StranglerRoute) *figures {
	return &figures{
		metrics: metrics, begun: time.Now(),
		seconds: newRing[counts](figuresSlot, figuresSpan),
		spells:  newRing[times](figuresSpell, figuresSpan),
		beats:   newRing[times](figuresBeat, grossSpan),
	}
}

// answered notes an answer of a side, when it was asked for and how long it took.
// Only good answers count in how long answers take: what fails does so at once,
// or when patience ends.
func (f *figures) answered(side Side, failed bool, asked time.Time, took time.Duration) {
	f.metrics.Answered(int(side), failed, took)

	now := asked.Sub(f.begun) + took
	second := f.seconds.at(now)

	if failed {
		f.all.failed[side].Add(1)
		second.failed[side].Add(1)

		return
	}

	f.all.good[side].Add(1)
	second.good[side].Add(1)

	class := classOf(took)
	f.spells.at(now)[side][class].Add(1)
	f.beats.at(now)[side][class].Add(1)
}

// fellBack notes a request that the old side answered for the new one; rested
// that the new one was not even asked.
func (f *figures) fellBack(rested bool) {
	f.metrics.FellBack()

	for _, c := range []*counts{&f.all, f.seconds.at(time.Since(f.begun))} {
		c.fallbacks.Add(1)

		if rested {
			c.rested.Add(1)
		}
	}
}

// compared notes an answer of the new side that was held against the old one's.
func (f *figures) compared(same bool) {
	for _, c := range []*counts{&f.all, f.seconds.at(time.Since(f.begun))} {
		c.compared.Add(1)

		if !same {
			c.different.Add(1)
		}
	}
}

// sample is how a route did in some time.
type sample struct {
	Old, New                       answers
	Fallbacks, Compared, Different int
	rested                         int
}

// answers are those of one side. Times are those of good answers, 0 where there
// are none.
type answers struct {
	Requests, Failed int
	P50, P99         time.Duration
}

// sample is how the route did in the last span, of a minute at most; times are
// those of up to five seconds more.
func (f *figures) sample(span time.Duration) sample {
	now := time.Since(f.begun)
	s := f.counted(now-span, now)

	for side, of := range s.sides() {
		took := f.took(Side(side), now-span, now)
		of.P50, of.P99 = took.quantile(half), took.quantile(most)
	}

	return s
}

// totals are how the route did since the start, without times.
func (f *figures) totals() (s sample) {
	s.add(&f.all)

	return s
}

// counted is what was counted between two moments, in whole seconds.
func (f *figures) counted(from, to time.Duration) (s sample) {
	f.seconds.each(f.seconds.number(from), f.seconds.number(to), s.add)

	return s
}

// took is how long good answers of a side took between two moments, in whole
// spells.
func (f *figures) took(side Side, from, to time.Duration) (s spread) {
	f.spells.each(f.spells.number(from), f.spells.number(to), func(t *times) { s.add(t, side) })

	return s
}

func (s *sample) sides() [2]*answers { return [2]*answers{New: &s.New, Old: &s.Old} }

func (s *sample) add(c *counts) {
	for side, of := range s.sides() {
		failed := int(c.failed[side].Load())
		of.Failed += failed
		of.Requests += failed + int(c.good[side].Load())
	}

	s.Fallbacks += int(c.fallbacks.Load())
	s.Compared += int(c.compared.Load())
	s.Different += int(c.different.Load())
	s.rested += int(c.rested.Load())
}
