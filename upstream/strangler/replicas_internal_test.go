package strangler

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// ill is a replica that hangs, or breaks off without an answer, until it is well.
type ill struct {
	how   http.HandlerFunc
	well  atomic.Bool
	asked atomic.Int64 // while it was not
}

func (i *ill) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i.well.Load() {
		_, _ = io.WriteString(w, "ill")

		return
	}

	i.asked.Add(1)
	i.how(w, r)
}

// TestReplicaThatFails costs no request its answer: another one is asked in its
// time, then it is left alone until it is well.
func TestReplicaThatFails(t *testing.T) {
	t.Parallel()

	for name, how := range map[string]http.HandlerFunc{
		"it hangs":      func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"it breaks off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k, sick := newFacade(t, facadeOptions{mode: ModeNew, budget: 2 * time.Second}), &ill{how: how}
			k.bases = []string{serveAt(t, sick), serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "well") }))}

			var all sync.WaitGroup
			for range 3 * healthFailures {
				all.Go(func() {
					if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.StatusCode != http.StatusOK || got.text != "well" {
						t.Errorf("got %d, %s", got.StatusCode, got.text)
					}
				})
			}

			all.Wait()

			before := sick.asked.Load()
			if before < healthFailures {
				t.Fatalf("it was asked %d times", before)
			}

			for range 6 {
				if got := k.do(t, http.MethodPost, "/api/things", http.NoBody); got.StatusCode != http.StatusOK || sick.asked.Load() != before {
					t.Errorf("a POST: got %d, and %d more asked the one that rests", got.StatusCode, sick.asked.Load()-before)
				}
			}

			// Of many at a time one finds out at most, and has its answer.
			for range 3 * healthFailures {
				all.Go(func() {
					if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.text != "well" {
						t.Errorf("got %d, %s", got.StatusCode, got.text)
					}
				})
			}

			all.Wait()

			// Breaking off takes no time, so that there may be time for another probe.
			if more := sick.asked.Load() - before; more > healthFailures/2 {
				t.Errorf("%d more asked the one that rests", more)
			}

			sick.well.Store(true)

			for k.do(t, http.MethodGet, "/api/things", http.NoBody).text != "ill" {
				time.Sleep(time.Millisecond)
			}
		})
	}
}

// TestReplicaThatAnswersErrors is there: it is its answer that counts.
func TestReplicaThatAnswersErrors(t *testing.T) {
	t.Parallel()

	k, fails := newFacade(t, facadeOptions{mode: ModeNew}), &ill{how: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }}
	k.bases = []string{serveAt(t, fails), serveAt(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}

	for range 3 * healthFailures {
		k.do(t, http.MethodGet, "/api/things", http.NoBody)
		k.do(t, http.MethodPost, "/api/things", http.NoBody)
		k.do(t, http.MethodGet, "/api/things", http.NoBody)
	}

	if asked := fails.asked.Load(); asked < 4*healthFailures {
		t.Errorf("it was asked %d times of %d", asked, 9*healthFailures)
	}
}

// TestReplicasAllRest are asked all the same.
func TestReplicasAllRest(t *testing.T) {
	t.Parallel()

	one, two := &ill{how: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}, &ill{}
	two.how = one.how

	k := newFacade(t, facadeOptions{mode: ModeNew})
	k.bases = []string{serveAt(t, one), serveAt(t, two)}

	for range 2 * healthFailures {
		if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.StatusCode != http.StatusBadGateway {
			t.Errorf("got %d", got.StatusCode)
		}
	}

	one.well.Store(true)
	two.well.Store(true)

	for _, method := range []string{http.MethodPost, http.MethodGet} {
		if got := k.do(t, method, "/api/things", http.NoBody); got.text != "ill" {
			t.Errorf("%s: got %d, %s", method, got.StatusCode, got.text)
		}
	}
}

// TestReplicasAreSeen in the metrics of replicas, and in the log, as those that the
// BFFs ask.
func TestReplicasAreSeen(t *testing.T) {
	t.Parallel()

	sick := &ill{how: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}
	k := newFacade(t, facadeOptions{mode: ModeNew})
	k.bases = []string{serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "well") })), serveAt(t, sick)}

	check := func(when, first, second, best string) {
		t.Helper()

		got := [...]string{
			opened{metrics: k.metrics}.metric(t, `upstream_replica_state{bff="facade",replica="0",service="thing"}`),
			opened{metrics: k.metrics}.metric(t, `upstream_replica_state{bff="facade",replica="1",service="thing"}`),
			opened{metrics: k.metrics}.metric(t, `upstream_breaker_state{bff="facade",service="thing"}`),
			opened{metrics: k.metrics}.metric(t, `upstream_replica_state{bff="facade",replica="0",service="old"}`),
		}
		if got != [...]string{first, second, best, "0"} {
			t.Errorf("%s: %q", when, got)
		}
	}

	lines := func(state string) int {
		return strings.Count(k.log.String(), `"msg":"circuit","bff":"facade","state":"`+state+`","service":"thing","replica":1,"url":"`+k.bases[1])
	}

	k.do(t, http.MethodGet, "/api/things", http.NoBody)
	check("at first", "0", "0", "0")

	for sick.asked.Load() < healthFailures {
		k.do(t, http.MethodGet, "/api/things", http.NoBody)
	}

	check("it rests", "0", "2", "0")

	if lines("open") != 1 || lines("closed") != 0 {
		t.Errorf("log: %s", k.log)
	}

	sick.well.Store(true)

	for k.do(t, http.MethodGet, "/api/things", http.NoBody).text != "ill" {
		time.Sleep(time.Millisecond)
	}

	check("it is well again", "0", "0", "0")

	if lines("half-open") != 1 || lines("closed") != 1 {
		t.Errorf("log: %s", k.log)
	}
}

// TestEndingOf is what a request says about the replica that it was sent to.
func TestEndingOf(t *testing.T) {
	t.Parallel()

	left, leave := context.WithCancel(t.Context())
	leave()

	late, end := context.WithCancelCause(t.Context())
	end(context.DeadlineExceeded)

	for name, test := range map[string]struct {
		ctx  context.Context
		body *upload
		err  error
		want ending
	}{
		"an answer":                   {t.Context(), &upload{}, nil, worked},
		"it breaks off":               {t.Context(), &upload{}, io.ErrUnexpectedEOF, broke},
		"it is late":                  {late, &upload{}, late.Err(), broke},
		"the client leaves":           {left, &upload{}, left.Err(), gone},
		"the client's body breaks it": {t.Context(), &upload{err: io.ErrUnexpectedEOF}, io.ErrUnexpectedEOF, gone},
	} {
		r, err := http.NewRequestWithContext(test.ctx, http.MethodPost, "http://side", http.NoBody)
		do(t, err)

		r.Body = test.body

		if got := endingOf(r, test.err); got != test.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func serveAt(t *testing.T, handler http.Handler) string {
	t.Helper()

	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	return server.URL
}
