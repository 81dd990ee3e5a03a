package telemetry_test

import (
	"errors"
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServerTiming(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		calls []telemetry.Call
		want  string
	}{
		"no call": {nil, ""},
		"one":     {[]telemetry.Call{{Service: "user", Duration: 3149 * time.Microsecond}}, "user;dur=3.1"},
		"in no time": {
			[]telemetry.Call{{Service: "user", Duration: 49 * time.Microsecond}}, "user;dur=0.0",
		},
		"long ago": {[]telemetry.Call{{Service: "user", Duration: 90 * time.Second}}, "user;dur=90000.0"},
		"in the order of their ends, twice the same": {
			[]telemetry.Call{{Service: "order"}, {Service: "user"}, {Service: "order"}}, "order;dur=0.0, user;dur=0.0, order;dur=0.0",
		},
		"not of its own": {
			[]telemetry.Call{
				{Service: "a", Source: telemetry.Hit},
				{Service: "b", Source: telemetry.Stale, Err: io.EOF},
				{Service: "c", Source: telemetry.Coalesced},
			},
			"a;dur=0.0;desc=hit, b;dur=0.0;desc=stale, c;dur=0.0;desc=coalesced",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			record := &telemetry.Record{}
			for _, call := range test.calls {
				record.AddCall(call)
			}

			if got := record.ServerTiming(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()

	record := &telemetry.Record{}
	if got := record.Route(); got != "unmatched" {
		t.Errorf("got %q", got)
	}

	record.SetRoute("/users/:id")

	if got := record.Route(); got != "/users/:id" {
		t.Errorf("got %q", got)
	}
}

// TestFirstFaultCounts: what follows it may be its consequence.
func TestFirstFaultCounts(t *testing.T) {
	t.Parallel()

	record := &telemetry.Record{}
	record.SetFault(nil)
	record.SetFault(io.EOF)
	record.SetFault(io.ErrClosedPipe)

	if got := record.Fault(); !errors.Is(got, io.EOF) {
		t.Errorf("got %v", got)
	}
}

// TestWhatWasReadStays, though more is recorded later: the log of a request
// must not change under the hand that writes it.
func TestWhatWasReadStays(t *testing.T) {
	t.Parallel()

	record := &telemetry.Record{}

	const before = 3 // so that there is room behind them

	for range before {
		record.AddCall(telemetry.Call{Service: "user"})
		record.AddDegraded("user", fresh.Status{State: fresh.Stale})
	}

	calls, degraded := record.Calls(), record.Degraded()

	record.AddCall(telemetry.Call{Service: "order"})
	record.AddDegraded("orders", fresh.Status{State: fresh.Omitted, Reason: fault.Timeout})

	_ = append(calls, telemetry.Call{Service: "made up"})
	_ = append(degraded, telemetry.Section{Name: "made up"})

	if len(calls) != before || len(degraded) != before {
		t.Errorf("got %v and %v", calls, degraded)
	}

	if diff := cmp.Diff(telemetry.Call{Service: "order"}, record.Calls()[before]); diff != "" {
		t.Error(diff)
	}

	if diff := cmp.Diff(telemetry.Section{
		Name: "orders", Status: fresh.Status{State: fresh.Omitted, Reason: fault.Timeout},
	}, record.Degraded()[before]); diff != "" {
		t.Error(diff)
	}
}

// TestManyAtOnce is for the race detector: late calls go on recording while a
// request is reported.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()

	const workers, rounds = 8, 100

	record := &telemetry.Record{}

	var all sync.WaitGroup

	for worker := range workers {
		all.Go(func() {
			for round := range rounds {
				record.AddCall(telemetry.Call{Service: strconv.Itoa(worker)})
				record.AddDegraded("a", fresh.Status{})
				record.SetRoute("/a")
				record.SetFault(io.EOF)

				if len(record.Calls()) <= round || len(record.Degraded()) <= round || record.ServerTiming() == "" ||
					record.Route() != "/a" || record.Fault() == nil {
					t.Error("what was recorded is lost")
				}
			}
		})
	}

	all.Wait()

	if n := len(record.Calls()); n != workers*rounds {
		t.Errorf("%d calls", n)
	}
}

// TestNoRecord is a context without a request: nothing is kept, and nobody is
// told another's.
func TestNoRecord(t *testing.T) {
	t.Parallel()

	telemetry.RecordFrom(t.Context()).SetRoute("/a")

	if got := telemetry.RecordFrom(t.Context()).Route(); got != "unmatched" {
		t.Errorf("got %q", got)
	}
}
