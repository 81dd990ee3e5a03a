package strangler

import (
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/telemetry"
)

func figuresOf() *figures { return newFigures(telemetry.NewMetrics().Strangler().Route("users")) }

// What was counted is there for as long as a minute, and in the totals for good.
func TestFiguresSlide(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		f := figuresOf()
		time.Sleep(90 * time.Second)

		f.answered(New, false, time.Now(), 10*time.Millisecond)
		f.answered(New, true, time.Now(), time.Second)
		f.answered(Old, false, time.Now(), time.Millisecond)
		f.fellBack(false)
		f.fellBack(true)
		f.compared(true)
		f.compared(false)

		time.Sleep(30 * time.Second)
		f.answered(New, false, time.Now(), 10*time.Millisecond)

		for _, test := range []struct {
			after, span  time.Duration
			new, old     int
			failed, fell int
		}{
			{0, time.Second, 1, 0, 0, 0},
			{0, 35 * time.Second, 3, 1, 1, 2},
			{25 * time.Second, time.Minute, 3, 1, 1, 2},
			{10 * time.Second, time.Minute, 1, 0, 0, 0},
			{time.Hour, time.Minute, 0, 0, 0, 0},
		} {
			time.Sleep(test.after)

			s := f.sample(test.span)
			if s.New.Requests != test.new || s.Old.Requests != test.old || s.New.Failed != test.failed || s.Old.Failed != 0 ||
				s.Fallbacks != test.fell || s.Compared != test.fell || s.Different != test.fell/2 || s.rested != test.fell/2 {
				t.Errorf("after %s: %+v", test.after, s)
			}
		}

		if s := f.totals(); s.New.Requests != 3 || s.New.Failed != 1 || s.Old.Requests != 1 || s.Fallbacks != 2 || s.rested != 1 || s.Compared != 2 || s.Different != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// Quantiles are right within a class, and are those of good answers.
func TestFiguresQuantiles(t *testing.T) {
	t.Parallel()

	f := figuresOf()
	for i := range 1000 {
		f.answered(New, false, time.Now(), time.Duration(i+1)*100*time.Microsecond)
		f.answered(New, true, time.Now(), time.Minute)
	}

	s := f.sample(time.Minute)
	near := func(got, want time.Duration) bool { return math.Abs(got.Seconds()/want.Seconds()-1) < 0.07 }

	if !near(s.New.P50, 50*time.Millisecond) || !near(s.New.P99, 99*time.Millisecond) {
		t.Errorf("%+v", s.New)
	}

	if s.Old.P50 != 0 || s.Old.P99 != 0 {
		t.Errorf("nothing is %+v", s.Old)
	}
}

// Classes follow each other without a gap and are as narrow as they are said to
// be; every time has one.
func TestTimeClasses(t *testing.T) {
	t.Parallel()

	for class := range timeClasses {
		begin, end := beginOf(class), beginOf(class+1)

		if classOf(begin) != class || classOf(end-1) != class {
			t.Errorf("class %d is [%s, %s), which are of %d and %d", class, begin, end, classOf(begin), classOf(end-1))
		}

		if width := float64(end-begin) / float64(begin); class > timeParts && width > 0.0626 {
			t.Errorf("class %d from %s on is %.3f wide", class, begin, width)
		}
	}

	if classOf(-time.Second) != 0 || classOf(time.Hour) != timeClasses-1 || beginOf(timeClasses) < time.Minute {
		t.Error("not every time has a class")
	}
}

func TestSlower(t *testing.T) {
	t.Parallel()

	var (
		one times
		s   spread
	)

	for i := range 100 {
		one[Old][classOf(time.Duration(i+1)*time.Millisecond)].Add(1)
	}

	s.add(&one, New)

	if s.count != 0 {
		t.Error("the sides are one")
	}

	s.add(&one, Old)
	s.merge(s)

	if s.count != 200 || s.slower(0) != 200 || s.slower(time.Second) != 0 {
		t.Errorf("%d, %d, %d", s.count, s.slower(0), s.slower(time.Second))
	}

	// For certain: never more than there are.
	if n := s.slower(50 * time.Millisecond); n < 94 || n > 102 {
		t.Errorf("%d are slower than half of all", n)
	}
}

// Nothing that is counted at one time is lost, nor seen twice.
func TestFiguresTogether(t *testing.T) {
	t.Parallel()

	const (
		workers = 8
		each    = 5000
	)

	f := figuresOf()

	var all sync.WaitGroup

	for range workers {
		all.Go(func() {
			for i := range each {
				f.answered(Side(i%2), i%4 == 0, time.Now(), time.Millisecond)
			}
		})
	}

	all.Wait()

	s, total := f.sample(time.Minute), f.totals()
	if s.New.Requests != workers*each/2 || s.Old.Requests != workers*each/2 || s.New.Failed != workers*each/4 || s.Old.Failed != 0 {
		t.Errorf("%+v", s)
	}

	if total.New.Requests != s.New.Requests || total.Old.Requests != s.Old.Requests {
		t.Errorf("%+v in all, %+v in a minute", total, s)
	}
}

// An answer that comes when its time is long over takes nobody else's place.
func TestRingForgetsTheLate(t *testing.T) {
	t.Parallel()

	r := newRing[int](time.Second, 3*time.Second)
	*r.at(0) = 1
	*r.at(7 * time.Second) = 7
	*r.at(2 * time.Second)++ // There is no such cell any more.

	var seen []int

	r.each(-1, 7, func(n *int) { seen = append(seen, *n) })

	if len(seen) != 1 || seen[0] != 7 {
		t.Errorf("%v", seen)
	}
}
