package limit

import "time"

// estimate is how many requests may be under way.
//
// Requests that queue somewhere take longer the more they are. So there are as
// many places as requests are answered in the time that one should take: what it
// takes by itself, and a sixteenth of the budget for queueing. This is the
// gradient: limit = under way × time it should take / time it took.
//
//   - What a page takes by itself is what it took when no more than Floor were
//     under way. So a service that has become slow for everybody is none that has
//     too much to do. Where fewer places did not make pages faster, it was that,
//     too.
//   - Pages that waited for a service that failed say nothing.
//   - Where nothing is answered at all, as when a service hangs, places are added
//     at the rate at which pages have been answered before: as many as would be
//     under way by now if nobody was refused.
//   - Where there is room, the limit is what could be answered in a quarter of the
//     budget: a rush is noticed before pages are late.
type estimate struct {
	budget time.Duration
	limit  int

	base      float64 // what a page takes by itself, in seconds; 0 is not known
	mean, dev float64 // of what pages take now, in seconds
	rate      float64 // the most that was answered in a second, of late

	// The pages that began since places were cut.
	since time.Duration
	pages int
	among float64 // sum of how many were under way when each began
	took  float64 // sum of seconds
	most  int     // the most that were under way
	full  bool    // somebody has found no place

	tight bool // places were cut, and there was no room since

	// The last cut, to see whether it was of any use; zero is none.
	cutAt, cutTook float64

	// Since the last page that tells.
	last  time.Duration // when anything happened
	quiet time.Duration
	left  int // how many were under way then

	// The window in which answers are counted.
	window   time.Duration
	answered int
}

const (
	batch      = 16 // so many pages are looked at together
	smoothing  = 8  // about so many make a moving average
	headroom   = 1.25
	initially  = 640     // so many may be under way in one budget before anything is known
	mostPlaces = 1 << 14 // more than there can be connections
	maxStep    = 2.      // the most by which one batch changes the limit
	leastStep  = 1 / maxStep
)

func newEstimate(budget time.Duration) estimate {
	e := estimate{budget: budget}
	e.limit = e.ease(0)

	return e
}

// arrive notes that somebody asks for a place.
func (e *estimate) arrive(now time.Duration, taken int) {
	e.tick(now)

	if taken == 0 { // Nothing is under way that could be answered.
		e.quiet, e.left = 0, 0
	}
}

// tick has the quiet go on. Time in which nothing happened does not count in
// full: it may be this process that stood still.
func (e *estimate) tick(now time.Duration) {
	const grain = 64

	e.quiet = min(e.quiet+min(now-e.last, e.budget/grain), e.budget)
	e.last = now
}

// now is how many may be under way now.
func (e *estimate) now() int { return max(e.limit, e.opened()) }

// opened is how many may be under way since nothing is answered; 0 where
// something is, or where there was too much to do before: then it is silent
// because of that. Answers may come in bursts, as far apart as a page takes.
func (e *estimate) opened() int {
	const usual = 1. / 32

	quiet := e.quiet.Seconds()
	if e.tight || quiet <= max(e.budget.Seconds()*usual, e.mean) {
		return 0
	}

	return min(mostPlaces, e.left+int(e.proven()*quiet))
}

// proven is how many requests a second are surely not too many.
func (e *estimate) proven() float64 {
	if e.rate == 0 {
		return initially / e.budget.Seconds()
	}

	return e.rate * headroom
}

// leave notes that a request is over, with so many still under way.
func (e *estimate) leave(now time.Duration, p Place, taken int, telling bool) {
	e.tick(now)

	if !telling {
		return
	}

	e.count(now)

	if e.opened() > e.limit { // Those who were let in meanwhile are no reason to refuse others.
		e.limit = min(mostPlaces, maxStep*(taken+1))
	}

	e.quiet, e.left = 0, taken

	took := (now - p.from).Seconds()
	e.smooth(took, p.among)

	if p.from < e.since {
		return // It began under another limit.
	}

	e.pages++
	e.among += float64(p.among)
	e.took += took
	e.most = max(e.most, p.among)

	if e.pages >= batch {
		e.judge(now)
	}
}

// count keeps the rate of answers: it rises at once and falls slowly.
func (e *estimate) count(now time.Duration) {
	const (
		shortest = 100 * time.Millisecond
		memory   = 30 * time.Second
	)

	e.answered++

	span := now - e.window

	switch {
	case e.window == 0 || span > memory:
		e.rate, e.window, e.answered = 0, now, 0
	case span >= shortest:
		rate := float64(e.answered) / span.Seconds()
		e.rate = max(rate, e.rate-(e.rate-rate)*float64(span)/float64(memory))
		e.window, e.answered = now, 0
	}
}

// smooth keeps what pages take: by themselves, and now.
func (e *estimate) smooth(took float64, among int) {
	if among <= Floor {
		if e.base == 0 {
			e.base = took
		}

		e.base += (took - e.base) / smoothing
	}

	if e.mean == 0 {
		e.mean = took
	}

	e.dev += (max(took-e.mean, e.mean-took) - e.dev) / smoothing
	e.mean += (took - e.mean) / smoothing
}

// enough is how long a page takes, with few exceptions.
func (e *estimate) enough() time.Duration {
	const spread = 4 // As in the timeout of TCP.

	return time.Duration((e.mean + spread*e.dev) * float64(time.Second))
}

// judge sets the limit by the pages since it was last changed.
func (e *estimate) judge(now time.Duration) {
	const useless = 0.9

	among, took := e.among/float64(e.pages), e.took/float64(e.pages)

	if e.cutAt > 0 && among < e.cutAt*useless && took > e.cutTook*useless {
		e.base = took // Fewer at a time were not faster.
	}

	e.cutAt = 0

	should := e.should()
	step := min(maxStep, max(should/took, leastStep))
	target := int(among * step)

	switch {
	case took > should && target < e.limit && among > Floor:
		e.cutAt, e.cutTook = among, took
		e.limit, e.tight, e.since = max(Floor, target), true, now
	case took > should:
	case e.full:
		e.limit = min(mostPlaces, max(e.limit, target))
	default:
		e.limit, e.tight = e.ease(e.most), false
	}

	e.pages, e.among, e.took, e.most, e.full = 0, 0, 0, 0, false
}

// should is how long a page should take, in seconds.
func (e *estimate) should() float64 {
	const (
		queueing = 1. / 16
		latest   = 3. / 4
	)

	budget := e.budget.Seconds()

	return min(e.base+budget*queueing, budget*latest)
}

// ease is the limit where there is room, with so many under way at most.
func (e *estimate) ease(most int) int {
	const quarter, slowly = 4, 4

	calm := min(mostPlaces, max(Floor, maxStep*most, int(e.proven()*e.budget.Seconds()/quarter)))
	if calm < e.limit {
		return e.limit - (e.limit-calm)/slowly
	}

	return calm
}
