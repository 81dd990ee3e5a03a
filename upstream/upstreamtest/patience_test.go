package upstreamtest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"storefront/upstream/upstreamtest"
)

func TestLateAnswersInVirtualTime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault upstreamtest.Fault
		took  time.Duration
		ok    bool
	}{
		{upstreamtest.Latency(300 * time.Millisecond), 300 * time.Millisecond, true},
		{upstreamtest.Status(http.StatusBadGateway).After(time.Second), time.Second, true},
		{upstreamtest.Latency(time.Second).After(time.Second), 2 * time.Second, true},
		{upstreamtest.SlowDrip(time.Millisecond), 4 * time.Millisecond, true}, // the body is null
		{upstreamtest.Hang(), time.Minute, false},
		{upstreamtest.Stalled(), time.Minute, false},
		{upstreamtest.Latency(time.Hour), time.Minute, false},
		{upstreamtest.SlowDrip(time.Hour), time.Minute, false},
	} {
		t.Run(test.fault.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Set(upstreamtest.User, "/users/", "null")
				shop.Fail(upstreamtest.User, test.fault)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				got := ask(ctx, client(shop), shop.URL(upstreamtest.User)+"/users/u-7")
				if took := time.Since(start); took != test.took || (got.err == nil) != test.ok {
					t.Errorf("took %v, error %v", took, got.err)
				}
				synctest.Wait()
				if last := shop.Requests(upstreamtest.User)[0]; !last.Done || last.Cancelled == test.ok {
					t.Errorf("recorded as %+v", last)
				}
			})
		})
	}
}

func TestClientThatLeavesEndsAHang(t *testing.T) {
	t.Parallel()
	for name, open := range networks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range []upstreamtest.Fault{upstreamtest.Hang(), upstreamtest.Stalled(), upstreamtest.Latency(time.Hour)} {
				t.Run(fault.String(), func(t *testing.T) {
					t.Parallel()
					shop := open(t)
					shop.Fail(upstreamtest.Order, fault)
					ctx, leave := context.WithCancel(t.Context())
					answer := make(chan seen)
					go func() { answer <- ask(ctx, client(shop), shop.URL(upstreamtest.Order)+"/orders/u-7_order_1") }()
					until(t, shop, func() bool { return shop.InFlight(upstreamtest.Order) == 1 })
					leave()
					if got := <-answer; !errors.Is(got.err, context.Canceled) {
						t.Errorf("the client saw %v", got.err)
					}
					until(t, shop, func() bool {
						requests := shop.Requests(upstreamtest.Order)
						return requests[0].Cancelled && shop.InFlight(upstreamtest.Order) == 0
					})
				})
			}
		})
	}
}

func TestUntilGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := upstreamtest.New(t).Until(ctx, func() bool { return false })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Until says %v", err)
		}
	})
}

// The bubble itself fails where a goroutine is left behind.
func TestBubbleEndsWithRequestsHanging(t *testing.T) {
	t.Parallel()
	for _, fault := range []upstreamtest.Fault{upstreamtest.Hang(), upstreamtest.Stalled(), upstreamtest.SlowDrip(time.Hour)} {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				for _, service := range upstreamtest.Services() {
					shop.Fail(service, fault)
					for range 3 {
						go ask(context.WithoutCancel(t.Context()), client(shop), shop.URL(service)+"/")
					}
				}
				ask(t.Context(), &http.Client{Transport: shop.Transport(), Timeout: time.Second}, shop.URL(upstreamtest.User)+"/")
			})
		})
	}
}

//nolint:paralleltest // it counts the goroutines of the process
func TestCloseLeavesNoGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	tcp, err := upstreamtest.StartTCP(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, shop := range []*upstreamtest.Shop{tcp, upstreamtest.StartMemory()} {
		answers := make(chan seen, 30)
		for i, service := range upstreamtest.Services() {
			shop.Fail(service, []upstreamtest.Fault{upstreamtest.Hang(), upstreamtest.Stalled(), upstreamtest.ResetMidBody()}[i])
			for range 10 {
				go func() { answers <- ask(t.Context(), client(shop), shop.URL(service)+"/") }()
			}
		}
		until(t, shop, func() bool { return shop.InFlight(upstreamtest.User) == 10 && shop.Calls(upstreamtest.Order) == 10 })
		if err := shop.Close(); err != nil {
			t.Error(err)
		}
		for range 30 {
			if got := <-answers; got.err == nil {
				t.Errorf("an answer came: %d %s", got.status, got.body)
			}
		}
		if got := ask(t.Context(), client(shop), shop.URL(upstreamtest.User)+"/"); got.err == nil {
			t.Error("the shop answers though it is closed")
		}
	}
	goleak.VerifyNone(t, before)
}

func until(t *testing.T, shop *upstreamtest.Shop, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := shop.Until(ctx, cond); err != nil {
		t.Fatal(err)
	}
}
