package load_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/bench/internal/load"
)

// serve starts a server and returns its host:port.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()

	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	return server.Listener.Addr().String()
}

func get(path string) func(int) load.Call {
	return func(int) load.Call { return load.Call{Method: http.MethodGet, Path: path} }
}

func anything(int, load.Answer) error { return nil }

func TestEachRequestIsSentOnceAndItsAnswerChecked(t *testing.T) {
	t.Parallel()

	const requests = 500

	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Kind", r.Header.Get("X-Kind"))
		_, _ = io.Copy(w, io.MultiReader(strings.NewReader(r.Method+r.URL.Path), r.Body))
	})

	var seen sync.Map

	result, err := load.Run(t.Context(), load.Plan{
		Addr: addr, Connections: 7, Requests: requests,
		Call: func(n int) load.Call {
			return load.Call{Method: http.MethodPost, Path: "/" + strconv.Itoa(n), Header: []string{"X-Kind: test"}, Body: "body " + strconv.Itoa(n)}
		},
		Check: func(n int, a load.Answer) error {
			if want := fmt.Sprintf("POST/%dbody %d", n, n); string(a.Body) != want || a.Status != http.StatusOK || a.Header.Get("X-Kind") != "test" {
				t.Errorf("%d %v %s, want %s", a.Status, a.Header, a.Body, want)
			}

			if _, twice := seen.LoadOrStore(n, true); twice {
				t.Errorf("request %d was sent twice", n)
			}

			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}

	if len(result.Times) != requests || result.Bytes == 0 || result.Took <= 0 {
		t.Errorf("%d times, %d bytes in %s", len(result.Times), result.Bytes, result.Took)
	}
}

func TestTimesAreSortedAndWithinTheRun(t *testing.T) {
	t.Parallel()

	result, err := load.Run(t.Context(), load.Plan{
		Addr:        serve(t, func(http.ResponseWriter, *http.Request) {}),
		Connections: 3, Requests: 200, Stagger: time.Microsecond, Call: get("/"), Check: anything,
	})
	if err != nil {
		t.Fatal(err)
	}

	if !slices.IsSorted(result.Times) || result.Times[0] <= 0 {
		t.Errorf("the times are %v", result.Times)
	}

	if least, most := result.Percentile(0), result.Percentile(100); least > result.Percentile(50) || most > result.Took {
		t.Errorf("from %s to %s in a run of %s", least, most, result.Took)
	}
}

func TestConnectionsAreUsedAtTheSameTimeAndAgain(t *testing.T) {
	t.Parallel()

	const connections = 8

	var running sync.WaitGroup

	running.Add(connections)

	var opened atomic.Int64

	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/first" {
			running.Done()
			running.Wait()
		}
	}))
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		opened.Add(1)

		return ctx
	}
	server.Start()
	t.Cleanup(server.Close)

	_, err := load.Run(t.Context(), load.Plan{
		Addr: server.Listener.Addr().String(), Connections: connections, Requests: 10 * connections, Check: anything,
		Call: func(n int) load.Call {
			return load.Call{Method: http.MethodGet, Path: map[bool]string{true: "/first", false: "/"}[n < connections]}
		},
	})
	if err != nil || opened.Load() != connections {
		t.Errorf("%d connections, %v", opened.Load(), err)
	}
}

func TestFirstErrorEndsTheRun(t *testing.T) {
	t.Parallel()

	errWrong := errors.New("the answer is wrong")

	var served atomic.Int64

	addr := serve(t, func(http.ResponseWriter, *http.Request) { served.Add(1) })

	_, err := load.Run(t.Context(), load.Plan{
		Addr: addr, Connections: 4, Requests: 1_000_000, Call: get("/page"),
		Check: func(n int, _ load.Answer) error {
			if n == 100 {
				return errWrong
			}

			return nil
		},
	})
	if !errors.Is(err, errWrong) || !strings.Contains(err.Error(), "GET /page") {
		t.Errorf("the error is %v", err)
	}

	if served.Load() > 10_000 {
		t.Errorf("%d requests were sent after all", served.Load())
	}
}

func TestBrokenServers(t *testing.T) {
	t.Parallel()

	for name, handler := range map[string]http.HandlerFunc{
		"closes":     func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") },
		"breaks off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for block := make([]byte, 1<<20); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			plan := load.Plan{Addr: serve(t, handler), Connections: 2, Requests: 10, Call: get("/"), Check: anything}
			if _, err := load.Run(t.Context(), plan); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestEndOfTheContextEndsTheRun(t *testing.T) {
	t.Parallel()

	asked := make(chan struct{}, 1)
	addr := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}

		<-r.Context().Done()
	})

	ctx, cancel := context.WithCancel(t.Context())

	go func() {
		<-asked
		cancel()
	}()

	err := load.Once(ctx, addr, get("/")(0), func(load.Answer) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestImpossiblePlans(t *testing.T) {
	t.Parallel()

	for _, p := range []load.Plan{
		{Requests: 1},
		{Connections: 1},
		{Connections: load.MaxConnections + 1, Requests: 1},
		{Connections: 1, Requests: load.MaxRequests + 1},
		{Connections: 1, Requests: 1, Rate: -1},
		{Connections: 1, Requests: 1, Rate: math.NaN()},
	} {
		if _, err := load.Run(t.Context(), p); err == nil {
			t.Errorf("%d connections, %d requests: no error", p.Connections, p.Requests)
		}
	}

	if _, err := load.Run(t.Context(), load.Plan{Addr: "127.0.0.1:1", Connections: 1, Requests: 1, Call: get("/"), Check: anything}); err == nil {
		t.Error("nobody listens, and there is no error")
	}
}

func TestOpenLoopKeepsToItsRate(t *testing.T) {
	t.Parallel()

	const rate, requests = 1000, 200

	result, err := load.Run(t.Context(), load.Plan{
		Addr:        serve(t, func(http.ResponseWriter, *http.Request) {}),
		Connections: 4, Requests: requests, Rate: rate, Call: get("/"), Check: anything,
	})
	if err != nil {
		t.Fatal(err)
	}

	// A busy machine makes it longer, never shorter.
	if least := (requests - 1) * time.Second / rate; len(result.Times) != requests || result.Took < least {
		t.Errorf("%d requests in %s, which is less than %s", len(result.Times), result.Took, least)
	}
}

// A server that stalls is asked as often as before, and each request that was
// due meanwhile has waited.
func TestOpenLoopSeesAStall(t *testing.T) {
	t.Parallel()

	const stall = 200 * time.Millisecond

	var served atomic.Int64

	result, err := load.Run(t.Context(), load.Plan{
		Addr: serve(t, func(http.ResponseWriter, *http.Request) {
			if served.Add(1) == 1 {
				time.Sleep(stall)
			}
		}),
		Connections: 1, Requests: 100, Rate: 1000, Call: get("/"), Check: anything,
	})
	if err != nil {
		t.Fatal(err)
	}

	// All hundred were due in the first half of it.
	if least := result.Percentile(0); least < stall/4 {
		t.Errorf("a request took %s", least)
	}
}

func TestLeadInIsNotCounted(t *testing.T) {
	t.Parallel()

	const rate, requests, counted = 1000, 100, 60

	result, err := load.Run(t.Context(), load.Plan{
		Addr:        serve(t, func(http.ResponseWriter, *http.Request) {}),
		Connections: 4, Requests: requests, Rate: rate, LeadIn: (requests - counted) * time.Second / rate, Call: get("/"), Check: anything,
	})
	// The schedule begins a moment after the time that the lead-in counts from.
	if err != nil || result.Requests != requests || len(result.Times) < counted || len(result.Times) > counted+requests/10 {
		t.Errorf("%d of %d are counted, %v", len(result.Times), result.Requests, err)
	}
}

func TestRunEndsWithItsTime(t *testing.T) {
	t.Parallel()

	for _, rate := range []float64{0, 500} {
		const long = 100 * time.Millisecond

		result, err := load.Run(t.Context(), load.Plan{
			Addr:        serve(t, func(http.ResponseWriter, *http.Request) {}),
			Connections: 2, Requests: load.MaxRequests, For: long, Rate: rate, Call: get("/"), Check: anything,
		})
		if err != nil {
			t.Fatal(err)
		}

		if len(result.Times) == 0 || result.Took > 100*long || result.PerSecond() <= 0 {
			t.Errorf("%d requests in %s", len(result.Times), result.Took)
		}
	}
}

// A server that breaks every third connection loses those requests alone.
func TestLostRequestsDoNotEndARunThatIsToldOfThem(t *testing.T) {
	t.Parallel()

	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n, err := strconv.Atoi(r.URL.Path[1:]); err != nil || n%3 == 0 {
			panic(http.ErrAbortHandler)
		}

		_, _ = io.WriteString(w, "fine")
	})

	var lost, answered atomic.Int64

	plan := load.Plan{
		Addr: addr, Connections: 3, Requests: 90,
		Call: func(n int) load.Call { return load.Call{Method: http.MethodGet, Path: "/" + strconv.Itoa(n)} },
		Check: func(n int, a load.Answer) error {
			answered.Add(1)

			if n%3 == 0 || a.Took <= 0 || a.Due.IsZero() {
				t.Errorf("%d was answered after %s, due at %s", n, a.Took, a.Due)
			}

			return nil
		},
	}

	if _, err := load.Run(t.Context(), plan); err == nil {
		t.Error("nobody is told, and the run goes on")
	}

	answered.Store(0)

	plan.Lost = func(n int, due time.Time, err error) {
		lost.Add(1)

		if n%3 != 0 || due.IsZero() || err == nil {
			t.Errorf("%d, due at %s, is lost: %v", n, due, err)
		}
	}

	result, err := load.Run(t.Context(), plan)
	if err != nil || lost.Load() != 30 || answered.Load() != 60 || result.Requests != 60 {
		t.Errorf("%d of 90 are lost, %d answered: %v", lost.Load(), answered.Load(), err)
	}
}
