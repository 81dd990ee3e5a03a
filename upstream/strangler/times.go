package strangler

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// times counts good answers of both sides by how long they took: sixteen classes
// for each power of two, so that a class is 3 to 6 % wide from 160 µs on.
type times [2][timeClasses]atomic.Uint32

const (
	// timeUnit is the least time that is told from none.
	timeUnit    = 10 * time.Microsecond
	timeParts   = 16
	timeClasses = 20 * timeParts // up to 84 s
)

// classOf is the class of a time: of its highest bit, and the four that follow.
func classOf(took time.Duration) int {
	units := uint64(max(0, took) / timeUnit)
	if units < timeParts {
		return int(units)
	}

	power := bits.Len64(units) - bits.Len(timeParts)

	return min(power*timeParts+int(units>>power), timeClasses-1) //nolint:gosec // Less than 32 times a few.
}

// beginOf is where a class begins.
func beginOf(class int) time.Duration {
	if class < timeParts {
		return timeUnit * time.Duration(class)
	}

	power := class/timeParts - 1

	return timeUnit * time.Duration(class-power*timeParts) << power
}

// from are the answers of a side, and those of a class or a later one.
func (t *times) from(side Side, first int) (seen tally) {
	for class := range t[side] {
		n := int(t[side][class].Load())
		seen.of += n

		if class >= first {
			seen.bad += n
		}
	}

	return seen
}

// classBeyond is the first class whose times are all as long as bound, or longer.
func classBeyond(bound time.Duration) int {
	class := classOf(bound)
	if beginOf(class) < bound {
		class++
	}

	return class
}

// spread is how long the good answers of one side took.
type spread struct {
	classes [timeClasses]int
	count   int
}

func (s *spread) add(t *times, side Side) {
	for class := range s.classes {
		n := int(t[side][class].Load())
		s.classes[class] += n
		s.count += n
	}
}

// merge adds other answers.
func (s *spread) merge(o spread) {
	for class, n := range o.classes {
		s.classes[class] += n
	}

	s.count += o.count
}

// quantile is what so many in a hundred do not exceed, 0 where there is nothing.
// Within a class answers are taken to lie evenly.
func (s *spread) quantile(percent int) time.Duration {
	const hundred = 100

	rank := (s.count*percent + hundred - 1) / hundred
	for class, n := range s.classes {
		if n == 0 || rank > n {
			rank -= n

			continue
		}

		begin := beginOf(class)

		return begin + (beginOf(class+1)-begin)*time.Duration(rank)/time.Duration(n)
	}

	return 0
}

// slower is how many answers took longer than bound for certain: those of
// classes that begin there or later.
func (s *spread) slower(bound time.Duration) (count int) {
	for class := classBeyond(bound); class < timeClasses; class++ {
		count += s.classes[class]
	}

	return count
}
