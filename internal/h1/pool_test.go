package h1_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/h1"
)

// memory is a server in memory whose answers take their time.
type memory struct {
	latency time.Duration
	dials   atomic.Int64
	open    atomic.Int64
}

func (m *memory) dial(context.Context, string, string) (net.Conn, error) {
	m.dials.Add(1)
	m.open.Add(1)

	here, there := net.Pipe()

	go func() {
		defer m.open.Add(-1)
		defer func() { _ = there.Close() }()

		p := &peer{there, bufio.NewReader(there), 0}
		for p.request() != "" {
			time.Sleep(m.latency)
			p.send(hello)
		}
	}()

	return here, nil
}

func (m *memory) client(t *testing.T, o h1.Options) *h1.Client {
	t.Helper()

	o.Dial = m.dial
	c := h1.New("shop.test:80", "shop.test", o)
	t.Cleanup(c.Close)

	return c
}

// burst is that many calls at the same time.
func burst(t *testing.T, c *h1.Client, n int) {
	t.Helper()

	var all sync.WaitGroup
	for range n {
		all.Go(func() { mustGet(t, c, "/", "hello") })
	}

	all.Wait()
	synctest.Wait()
}

func TestIdleConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{latency: 10 * ms}
		c := m.client(t, h1.Options{MaxIdle: 4, IdleTimeout: time.Minute})

		check := func(when string, dials, open int64) {
			t.Helper()
			synctest.Wait()

			if d, o := m.dials.Load(), m.open.Load(); d != dials || o != open || c.Idle() != int(open) || c.Places() != int(open) {
				t.Errorf("%s: %d dialed, %d open, %d idle, %d places; want %d and %d", when, d, o, c.Idle(), c.Places(), dials, open)
			}
		}

		burst(t, c, 6)
		check("more than may be idle", 6, 4)

		time.Sleep(30 * time.Second)
		burst(t, c, 2) // the two that were used last
		check("again", 6, 4)

		time.Sleep(29 * time.Second)
		check("just before two are due", 6, 4)

		time.Sleep(time.Second)
		check("when two are due", 6, 2)

		time.Sleep(29 * time.Second)
		check("just before the others are due", 6, 2)

		time.Sleep(time.Second)
		check("when the others are due", 6, 0)

		burst(t, c, 1)
		check("new", 7, 1)

		c.Close()
		check("closed", 7, 0)

		burst(t, c, 1)
		check("after it was closed", 8, 0)
	})
}

func TestMaxConns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{latency: 10 * ms}
		c := m.client(t, h1.Options{MaxConns: 2})

		var (
			all   sync.WaitGroup
			mu    sync.Mutex
			order []int
		)

		for i := range 10 {
			all.Go(func() {
				ctx := t.Context()

				if i == 4 || i == 7 { // who does not wait until it is their turn
					hasty, cancel := context.WithTimeout(ctx, 5*ms)
					defer cancel()

					ctx = hasty
				}

				if _, err := get(ctx, c, "/"); (err != nil) != (ctx != t.Context()) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("call %d: error %v", i, err)
				}

				mu.Lock()
				defer mu.Unlock()

				order = append(order, i)
			})
			synctest.Wait() // so that the queue is in this order
		}

		if n := c.Waiting(); n != 8 {
			t.Errorf("%d wait, want 8", n)
		}

		all.Wait()

		// Two at a time end in either order.
		for at := 2; at < len(order); at += 2 {
			slices.Sort(order[at : at+2])
		}
		slices.Sort(order[:2])

		if want := []int{4, 7, 0, 1, 2, 3, 5, 6, 8, 9}; !slices.Equal(order, want) {
			t.Errorf("they ended in the order %v, want %v", order, want)
		}

		if m.dials.Load() != 2 || c.Waiting() != 0 {
			t.Errorf("%d dialed, %d wait", m.dials.Load(), c.Waiting())
		}
	})
}

// TestTurnThatComesTooLate is the next one's: who leaves just as a connection is
// handed over takes nothing along.
func TestTurnThatComesTooLate(t *testing.T) {
	t.Parallel()

	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			m := &memory{latency: 10 * ms}
			c := m.client(t, h1.Options{MaxConns: 1})

			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), 10*ms) // when the first is answered
					defer cancel()

					_, _ = get(ctx, c, "/")
				})
			}

			all.Wait()
			mustGet(t, c, "/", "hello")

			if c.Places() != 1 || c.Idle() != 1 {
				t.Errorf("%d places, %d idle", c.Places(), c.Idle())
			}
		})
	}
}

// TestInMemory is about what connections without a socket do otherwise.
func TestInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{latency: time.Hour}
		c := m.client(t, h1.Options{})

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		start := time.Now()

		if _, err := get(ctx, c, "/"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}

		if d := time.Since(start); d != time.Second {
			t.Errorf("it took %s", d)
		}

		time.Sleep(time.Hour) // until the server is done too
	})
}
