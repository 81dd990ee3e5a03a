package load_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"storefront/bench/internal/load"
)

var errStatus = errors.New("not 200")

func wantOK(_ int, a load.Answer) error {
	if a.Status != http.StatusOK {
		return errStatus
	}

	return nil
}

// fates are what became of requests, for several goroutines at once.
type fates struct {
	mu  sync.Mutex
	all []load.Outcome
}

func (f *fates) note(o load.Outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.all = append(f.all, o)
}

func (f *fates) failed() (n int) {
	for _, o := range f.all {
		if o.Err != nil {
			n++
		}
	}

	return n
}

// Each failure is told, and none is the end: neither of the run nor of the
// connection's turn.
func TestWatchGoesOnAfterFailures(t *testing.T) {
	t.Parallel()

	const requests, each = 100, 10

	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "1"):
			panic(http.ErrAbortHandler) // The connection breaks.
		case strings.HasSuffix(r.URL.Path, "2"):
			w.WriteHeader(http.StatusBadGateway)
		case strings.HasSuffix(r.URL.Path, "3"):
			w.Header().Set("Connection", "close") // No failure.
		}
	})

	var got fates

	plan := load.Plan{Addr: addr, Connections: 3, Requests: requests, Check: wantOK, Call: func(n int) load.Call {
		return load.Call{Method: http.MethodGet, Path: "/" + strings.Repeat("x", n/each) + string(rune('0'+n%each))}
	}}
	if err := load.Watch(t.Context(), plan, 0, got.note); err != nil {
		t.Fatal(err)
	}

	if len(got.all) != requests || got.failed() != 2*requests/each {
		t.Errorf("%d outcomes, %d of them failures", len(got.all), got.failed())
	}

	for _, o := range got.all {
		if o.Took() <= 0 {
			t.Errorf("one took %v", o.Took())
		}
	}
}

func TestWatchOpensConnectionsAnew(t *testing.T) {
	t.Parallel()

	var opened atomic.Int64

	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)

	const requests = 40

	for fresh, want := range []int64{1, requests} {
		opened.Store(0)

		var got fates

		plan := load.Plan{Addr: server.Listener.Addr().String(), Connections: 1, Requests: requests, Call: get("/"), Check: wantOK}
		if err := load.Watch(t.Context(), plan, fresh, got.note); err != nil || got.failed() > 0 {
			t.Fatal(err, got.failed())
		}

		if n := opened.Load(); n != want {
			t.Errorf("%d connections for %d requests, want %d", n, requests, want)
		}
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	addr := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})

	var got fates

	plan := load.Plan{Addr: addr, Connections: 2, Requests: load.MaxRequests, Rate: 1000, Call: get("/"), Check: wantOK}
	if err := load.Watch(ctx, plan, 1, got.note); err != nil {
		t.Fatal(err)
	}

	if len(got.all) > 0 {
		t.Errorf("what was under way is told: %v", got.all)
	}
}

func TestWatchRefusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()

	if err := load.Watch(t.Context(), load.Plan{Rate: -1, Connections: 1, Requests: 1}, 0, nil); err == nil {
		t.Error("it does not")
	}
}
