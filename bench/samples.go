package main

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
	"storefront/bench/internal/stat"
	"storefront/bench/internal/verdict"
)

// sample is one request with what came back for it.
type sample struct {
	due  time.Time
	took time.Duration
	kind verdict.Kind
}

// maxKept is how many things that went wrong a recorder tells at length.
const maxKept = 2

// forever is the time of a request that got no answer.
const forever = time.Hour

// samples are the requests of a run in the order in which they were due.
type samples []sample

// recorder takes samples. It is safe for concurrent use.
type recorder struct {
	mu       sync.Mutex
	taken    samples
	examples []string // of what was wrong
}

// see takes an answer.
func (r *recorder) see(_ int, a load.Answer, v verdict.Verdict) {
	r.take(sample{a.Due, a.Took, v.Kind}, v.Why)
}

// miss takes a request without an answer, which is as wrong as can be.
func (r *recorder) miss(_ int, due time.Time, err error) {
	r.take(sample{due, forever, verdict.Wrong}, "no answer: "+err.Error())
}

func (r *recorder) take(s sample, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.taken = append(r.taken, s)

	if s.kind >= verdict.Wrong && len(r.examples) < maxKept {
		r.examples = append(r.examples, s.kind.String()+": "+why)
	}
}

// all are the samples so far.
func (r *recorder) all() samples {
	r.mu.Lock()
	defer r.mu.Unlock()

	return slices.SortedFunc(slices.Values(r.taken), func(a, b sample) int { return a.due.Compare(b.due) })
}

// wrongs tell some of what went wrong.
func (r *recorder) wrongs() []report.Fact {
	return each(r.examples, func(e string) report.Fact { return report.Fact{Name: "not right", Value: strconv.Quote(e)} })
}

// between are the samples that were due from one moment on and before another.
func (s samples) between(from, to time.Time) samples {
	at := func(moment time.Time) int {
		n, _ := slices.BinarySearchFunc(s, moment, func(one sample, at time.Time) int { return one.due.Compare(at) })

		return n
	}

	return s[at(from):max(at(from), at(to))]
}

// percentile is the time that p percent kept to.
func (s samples) percentile(p float64) time.Duration {
	return stat.Percentile(slices.Sorted(slices.Values(each(s, func(one sample) time.Duration { return one.took }))), p)
}

func (s samples) p50() time.Duration { return s.percentile(50) } //nolint:mnd // As its name says.
func (s samples) p99() time.Duration { return s.percentile(99) } //nolint:mnd // As its name says.

// count is how many are of one of those kinds.
func (s samples) count(kinds ...verdict.Kind) (count int) {
	for _, one := range s {
		if slices.Contains(kinds, one.kind) {
			count++
		}
	}

	return count
}

// share is count in hundredths of all, as reports write it.
func (s samples) share(kinds ...verdict.Kind) string {
	const whole = 100

	if len(s) == 0 {
		return "–"
	}

	return report.Ratio(whole * float64(s.count(kinds...)) / float64(len(s)))
}

// wrong is how many are not as was agreed.
func (s samples) wrong() int { return s.count(verdict.Wrong, verdict.Foreign) }

// times are the columns p50 and p99.
func (s samples) times() []string {
	return []string{report.Milliseconds(s.p50()), report.Milliseconds(s.p99())}
}
