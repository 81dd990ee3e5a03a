package resilience

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type valueKey struct{}

// TestLifeIsNotItsRequest: a life has the values of the request that begins it,
// and neither its end nor its deadline.
func TestLifeIsNotItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		request, leave := context.WithCancel(context.WithValue(t.Context(), valueKey{}, "a"))
		l := newLife(request, time.Minute)

		leave()
		synctest.Wait()

		if got := l.Value(valueKey{}); got != "a" || l.Value("other") != nil {
			t.Errorf("its value is %v", got)
		}

		if end, ok := l.Deadline(); !ok || time.Until(end) != time.Minute || l.Err() != nil {
			t.Errorf("it ends at %v, %v, with %v", end, ok, l.Err())
		}

		time.Sleep(time.Minute - time.Nanosecond)

		select {
		case <-l.Done():
			t.Error("it has ended too early")
		default:
		}

		time.Sleep(time.Nanosecond)
		<-l.Done()

		if err := l.Err(); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(context.Cause(l), context.DeadlineExceeded) {
			t.Errorf("it ended with %v, because of %v", err, context.Cause(l))
		}

		l.cancel(context.Canceled) // It has ended already.

		if err := l.Err(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it has ended once more, with %v", err)
		}
	})
}

// TestLifeThatIsCanceled, whether somebody looked at it before or not.
func TestLifeThatIsCanceled(t *testing.T) {
	t.Parallel()

	for name, look := range map[string]func(*life){
		"Done before": func(l *life) { l.Done() },
		"Done after":  func(*life) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLife(t.Context(), time.Minute)
				look(l)
				l.cancel(context.Canceled)
				<-l.Done()

				if first, second := l.Done(), l.Done(); first != second || !errors.Is(l.Err(), context.Canceled) {
					t.Errorf("it ended with %v", l.Err())
				}

				time.Sleep(time.Hour) // The timer is stopped: no second end.

				if !errors.Is(l.Err(), context.Canceled) {
					t.Errorf("it ended with %v", l.Err())
				}
			})
		})
	}
}

// TestLifeAsAParent: contexts of the library end with it, because of what it
// ended of, and leave no goroutine behind.
func TestLifeAsAParent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t.Context(), time.Minute)
		first, cancelFirst := context.WithCancel(l)
		second, cancelSecond := context.WithTimeout(l, time.Hour)

		defer cancelSecond()

		cancelFirst()

		if l.Err() != nil || second.Err() != nil {
			t.Error("a child ended its parent")
		}

		if n := len(l.hooks); n != 1 {
			t.Errorf("%d hooks, want that of the one child left", n)
		}

		if end, _ := second.Deadline(); time.Until(end) != time.Minute {
			t.Errorf("the child ends at %v", end)
		}

		l.cancel(context.DeadlineExceeded)
		synctest.Wait()

		if err := second.Err(); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(context.Cause(second), context.DeadlineExceeded) {
			t.Errorf("the child ended with %v, because of %v", err, context.Cause(second))
		}

		if !errors.Is(first.Err(), context.Canceled) {
			t.Errorf("the first child ended with %v", first.Err())
		}

		late, cancel := context.WithCancel(l)
		defer cancel()

		synctest.Wait()

		if !errors.Is(late.Err(), context.DeadlineExceeded) {
			t.Errorf("a child of an ended life is %v", late.Err())
		}
	})
}

func TestAfterFunc(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var called [4]atomic.Int32

		l := newLife(t.Context(), time.Minute)
		stops := make([]func() bool, 0, len(called))

		for i := range 3 {
			stops = append(stops, context.AfterFunc(l, func() {
				called[i].Add(1)

				_ = l.Err() // It must not be held meanwhile.
			}))
		}

		if !stops[1]() || stops[1]() {
			t.Error("what is stopped can be stopped once")
		}

		time.Sleep(time.Minute)
		synctest.Wait()

		if stops[0]() {
			t.Error("what has been called can be stopped")
		}

		if stop := l.AfterFunc(func() { called[3].Add(1) }); stop() {
			t.Error("what is called at once can be stopped")
		}

		synctest.Wait()

		for i, want := range []int32{1, 0, 1, 1} {
			if got := called[i].Load(); got != want {
				t.Errorf("function %d was called %d times, want %d", i, got, want)
			}
		}
	})
}

// TestLifeInARace has everything happen to one life at once: it ends once, and
// each function is either called or stopped.
func TestLifeInARace(t *testing.T) {
	t.Parallel()

	const (
		rounds  = 300
		callers = 8
	)

	for range rounds {
		var (
			all               sync.WaitGroup
			called, prevented atomic.Int32
		)

		l := newLife(t.Context(), time.Microsecond)

		for i := range callers {
			all.Go(func() {
				done := make(chan struct{})
				stop := l.AfterFunc(func() {
					called.Add(1)
					close(done)
				})

				if i%2 == 0 && stop() {
					prevented.Add(1)

					return
				}

				child, cancel := context.WithCancel(l)
				l.cancel(context.Canceled)
				<-l.Done()
				<-child.Done()
				cancel()
				<-done
			})
		}

		all.Wait()

		if n := called.Load() + prevented.Load(); n != callers || l.Err() == nil {
			t.Fatalf("%d functions were called or stopped, want %d; it ended with %v", n, callers, l.Err())
		}
	}
}
