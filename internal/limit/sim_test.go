package limit_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/limit"
)

const (
	ms     = time.Millisecond
	budget = time.Second
)

// service answers places requests at a time, each after its time, the others
// wait in line: more asked of it makes it late, not faster. A request that was
// given up is done all the same.
type service struct {
	places int
	time   time.Duration
	hangs  bool

	mu   sync.Mutex
	free []time.Time // when each place is free
}

// answer reports whether there was an answer in time.
func (s *service) answer(patience time.Duration) bool {
	s.mu.Lock()

	if s.hangs {
		s.mu.Unlock()
		time.Sleep(patience)

		return false
	}

	now := time.Now()
	done := now.Add(s.time)

	if s.places > 0 {
		if len(s.free) == 0 {
			s.free = make([]time.Time, s.places)
		}

		first := slices.MinFunc(s.free, time.Time.Compare)
		if first.After(now) {
			done = first.Add(s.time)
		}

		s.free[slices.IndexFunc(s.free, first.Equal)] = done
	}

	s.mu.Unlock()
	time.Sleep(min(done.Sub(now), patience))

	return done.Sub(now) <= patience
}

func (s *service) set(change func(*service)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	change(s)
}

// gate is what stands before the service.
type gate interface {
	Enter(ctx context.Context, class limit.Class, deadline time.Time) (limit.Place, limit.Outcome)
	Leave(place limit.Place, telling bool)
}

// tally is what became of the requests of a time.
type tally struct {
	mu                   sync.Mutex
	asked, refused, late [limit.High + 1]int
	good                 [limit.High + 1]int
	busy                 int
	times                []time.Duration
}

func (s *tally) note(class limit.Class, change func(*tally), counter *[limit.High + 1]int) {
	s.mu.Lock()
	defer s.mu.Unlock()

	counter[class]++

	if change != nil {
		change(s)
	}
}

func (s *tally) p99() time.Duration {
	slices.Sort(s.times)

	if len(s.times) == 0 {
		return 0
	}

	return s.times[len(s.times)*99/100]
}

func (s *tally) refusals() int { return s.refused[0] + s.refused[1] + s.refused[2] }

func (s *tally) goodput() int { return s.good[0] + s.good[1] + s.good[2] }

// mixed is 10 % high, 50 % normal, 40 % prefetch.
func mixed(n int) limit.Class {
	switch n % 10 {
	case 0:
		return limit.High
	case 1, 3, 5, 7, 9:
		return limit.Normal
	default:
		return limit.Prefetch
	}
}

// world is a gate before a service, under load.
type world struct {
	gate    gate
	service *service
	all     sync.WaitGroup
}

// load sends perSecond requests for a time, whether or not they are answered.
func (w *world) load(perSecond int, span time.Duration, classOf func(int) limit.Class) *tally {
	s := new(tally)
	every := time.Second / time.Duration(perSecond)

	for n := range int(span / every) {
		w.all.Go(func() { w.ask(s, classOf(n)) })
		time.Sleep(every)
	}

	return s
}

func (w *world) ask(s *tally, class limit.Class) {
	s.note(class, nil, &s.asked)

	start := time.Now()
	deadline := start.Add(budget - 20*ms)

	place, outcome := w.gate.Enter(context.Background(), class, deadline)
	if outcome != limit.Admitted {
		s.note(class, nil, &s.refused)

		return
	}

	good := w.service.answer(time.Until(deadline))
	w.gate.Leave(place, good)

	took := time.Since(start)
	if !good {
		s.note(class, nil, &s.late)

		return
	}

	s.note(class, func(s *tally) {
		s.times = append(s.times, took)
		if place.Busy {
			s.busy++
		}
	}, &s.good)
}

// TestOverload: at ten times of what the service can do it does as much as it
// can, in time, for who matters most; and soon after all is as before.
func TestOverload(t *testing.T) {
	t.Parallel()

	const capacity = 400

	for _, factor := range []int{1, 2, 5, 10} {
		synctest.Test(t, func(t *testing.T) {
			l := limit.New(budget)
			w := &world{gate: l, service: &service{places: 8, time: 20 * ms}}
			w.load(capacity/2, 3*time.Second, mixed)

			const seconds = 10

			s := w.load(capacity*factor, seconds*time.Second, mixed)
			w.all.Wait()
			t.Logf("%2d x: asked %v good %v refused %v late %v p99 %v limit %d busy %d", factor, s.asked, s.good, s.refused, s.late, s.p99(), l.Limit(), s.busy)

			if s.goodput() < capacity*seconds*95/100 {
				t.Errorf("%d x: %d of %d are answered", factor, s.goodput(), capacity*seconds)
			}

			if s.p99() > budget*6/10 {
				t.Errorf("%d x: p99 is %v", factor, s.p99())
			}

			if s.good[limit.High]*1000 < s.asked[limit.High]*990 {
				t.Errorf("%d x: of %d that matter %d are answered", factor, s.asked[limit.High], s.good[limit.High])
			}

			after := w.load(capacity*3/4, time.Second, mixed)
			w.all.Wait()
			t.Logf("     after: asked %v good %v p99 %v limit %d", after.asked, after.good, after.p99(), l.Limit())

			if after.refusals() > 0 || after.busy > 0 {
				t.Errorf("%d x: a second later %v are refused", factor, after.refused)
			}
		})
	}
}

// TestSmallService: one that can do so little that all that are let in before
// anything is known would be late is not buried, and the floor holds.
func TestSmallService(t *testing.T) {
	t.Parallel()

	for places, capacity := range map[int]int{8: 80, 12: 120} {
		synctest.Test(t, func(t *testing.T) {
			const seconds = 5

			l := limit.New(budget)
			w := &world{gate: l, service: &service{places: places, time: 100 * ms}}
			w.load(500, seconds*time.Second, mixed)

			s := w.load(500, seconds*time.Second, mixed)
			got := l.Limit()
			w.all.Wait()

			if got < limit.Floor || s.goodput() < capacity*seconds*9/10 {
				t.Errorf("%d places: the limit is %d, %d of %d are answered", places, got, s.goodput(), capacity*seconds)
			}
		})
	}
}

// TestStallWhileOverloaded: a service that stands still while there is too much
// to do is not buried under what comes meanwhile.
func TestStallWhileOverloaded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(budget)
		w := &world{gate: l, service: &service{places: 8, time: 20 * ms}}

		w.load(2000, 3*time.Second, mixed)
		w.service.set(func(s *service) {
			for i := range s.free {
				s.free[i] = s.free[i].Add(2 * time.Second)
			}
		})

		w.load(2000, 5*time.Second, mixed)

		s := w.load(2000, 5*time.Second, mixed)
		w.all.Wait()
		t.Logf("asked %v good %v refused %v late %v limit %d", s.asked, s.good, s.refused, s.late, l.Limit())

		if s.goodput() < 400*5*95/100 {
			t.Errorf("%d of 2000 are answered", s.goodput())
		}
	})
}

// TestColdStart: a program that is started while there is too much to do.
func TestColdStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(budget)
		w := &world{gate: l, service: &service{places: 8, time: 20 * ms}}

		s := w.load(4000, 5*time.Second, mixed)
		w.all.Wait()
		t.Logf("asked %v good %v refused %v late %v p99 %v limit %d", s.asked, s.good, s.refused, s.late, s.p99(), l.Limit())

		if s.goodput() < 400*5*95/100 || s.p99() > budget/2 {
			t.Errorf("%d of 2000 are answered, p99 %v", s.goodput(), s.p99())
		}
	})
}

// TestSlowService is no overload: one that takes 20 times as long for everybody,
// and still keeps the budget.
func TestSlowService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limit.New(budget)
		w := &world{gate: l, service: &service{time: 20 * ms}}

		w.load(200, 3*time.Second, mixed)
		w.service.set(func(s *service) { s.time = 400 * ms })

		s := w.load(200, 5*time.Second, mixed)
		w.all.Wait()
		t.Logf("asked %v good %v refused %v limit %d", s.asked, s.good, s.refused, l.Limit())

		if s.refusals() > 0 || s.busy > 0 {
			t.Errorf("%v are refused, %d go without optional parts", s.refused, s.busy)
		}
	})
}

// TestHangingService is no overload either: until a breaker opens, all that come
// wait for it as long as they may.
func TestHangingService(t *testing.T) {
	t.Parallel()

	for name, before := range map[string]time.Duration{"after a while": 3 * time.Second, "from the start": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := limit.New(budget)
				w := &world{gate: l, service: &service{time: 20 * ms}}

				w.load(500, before, mixed)
				w.service.set(func(s *service) { s.hangs = true })

				hanging := w.load(500, 3*time.Second, mixed)
				w.service.set(func(s *service) { s.hangs = false })

				after := w.load(500, 3*time.Second, mixed)
				w.all.Wait()
				t.Logf("refused %v, then %v, limit %d", hanging.refused, after.refused, l.Limit())

				if hanging.refusals()+after.refusals() > 0 {
					t.Errorf("%v are refused, and then %v", hanging.refused, after.refused)
				}
			})
		})
	}
}
