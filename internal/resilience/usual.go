package resilience

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// usual is how long a service usually takes: the quantiles of its good answers
// of the last 10 to 20 s in which there were any. It is safe for concurrent use.
type usual struct {
	mu       sync.Mutex
	turned   time.Time // when now began
	now, old usualTimes

	worked time.Time // when the pace was worked out
	paced  atomic.Pointer[pace]
}

// pace are the 10th, 50th and 95th percentile of how long answers take, the first
// rounded down and the others up by an eighth at most.
type pace struct {
	tenth, median, high time.Duration
	at                  time.Time // when it was worked out
}

// hopeless reports whether hardly any answer comes in so short a time, as far as
// is known for a fact: what was usual a while ago is no reason not to ask.
func (p pace) hopeless(left time.Duration) bool {
	const news = time.Second

	return left < p.tenth && time.Since(p.at) < news
}

// usualTimes counts times by their size: eight classes for each power of two,
// so that a class is at most an eighth wide.
type usualTimes struct {
	classes [usualClasses]uint32
	count   uint32
}

const (
	usualWindow = 10 * time.Second
	// usualLeast is how many answers it takes to know what is usual.
	usualLeast = 20
	// usualEvery is how often quantiles are worked out.
	usualEvery = 100 * time.Millisecond
	// usualUnit is the least time that is told from none.
	usualUnit    = 16 * time.Microsecond
	usualParts   = 8
	usualClasses = 20 * usualParts // up to a minute
)

// add counts a good answer.
func (u *usual) add(took time.Duration) {
	now := time.Now()

	u.mu.Lock()
	defer u.mu.Unlock()

	u.turn(now)

	u.now.classes[classOf(took)]++
	u.now.count++

	if now.Sub(u.worked) >= usualEvery {
		u.work(now)
	}
}

// turn begins a new window when it is time to.
func (u *usual) turn(now time.Time) {
	switch age := now.Sub(u.turned); {
	case age >= 2*usualWindow: // A pause: what was usual then says nothing.
		u.old, u.now = usualTimes{}, usualTimes{}
	case age >= usualWindow:
		u.old, u.now = u.now, usualTimes{}
	default:
		return
	}

	u.turned = now
}

func (u *usual) work(now time.Time) {
	const low, middle, high = 10, 50, 95

	u.worked = now

	if u.now.count+u.old.count < usualLeast {
		u.paced.Store(nil)
	} else {
		u.paced.Store(&pace{
			tenth: beginOf(u.quantile(low)), median: endOf(u.quantile(middle)), high: endOf(u.quantile(high)), at: now,
		})
	}
}

// quantile is the class of what so many in a hundred do not exceed.
func (u *usual) quantile(percent uint64) (class int) {
	const hundred = 100

	rank := (uint64(u.now.count+u.old.count)*percent + hundred - 1) / hundred
	seen := uint64(0)

	for class := range u.now.classes {
		if seen += uint64(u.now.classes[class] + u.old.classes[class]); seen >= rank {
			return class
		}
	}

	return usualClasses - 1
}

// pace is how long answers take; false, and zero, where that is not known.
func (u *usual) pace() (pace, bool) {
	if known := u.paced.Load(); known != nil {
		return *known, true
	}

	return pace{}, false
}

// classOf is the class of a time: of its highest bit, and the three that follow.
func classOf(took time.Duration) int {
	units := uint64(max(0, took) / usualUnit)
	if units < usualParts {
		return int(units)
	}

	power := bits.Len64(units) - bits.Len(usualParts)

	return min(power*usualParts+int(units>>power), usualClasses-1) //nolint:gosec // Less than 16 times a few.
}

// beginOf is where a class begins.
func beginOf(class int) time.Duration {
	if class == 0 {
		return 0
	}

	return endOf(class - 1)
}

// endOf is where a class ends.
func endOf(class int) time.Duration {
	if class < usualParts {
		return usualUnit * time.Duration(class+1)
	}

	power := class/usualParts - 1
	units := class - power*usualParts + 1

	return usualUnit * time.Duration(units) << power
}
