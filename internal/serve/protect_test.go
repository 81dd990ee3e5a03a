package serve_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/limit"
	"storefront/internal/need"
	"storefront/internal/problem"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// protected puts handler behind a pipe that sheds pages below /api/.
func protected(handler http.HandlerFunc, rate serve.Rate, change ...func(*serve.Options)) *pipe {
	return newPipe(handler, append(change, func(o *serve.Options) {
		o.Limited = []string{"/api/"}
		o.Protection = serve.NewProtection(*o, rate)
	})...)
}

// crowd sends requests at the same time and gathers their answers.
type crowd struct {
	*pipe

	all sync.WaitGroup
	mu  sync.Mutex
	got map[string][]int // statuses by name
}

func (p *pipe) crowd() *crowd { return &crowd{pipe: p, got: map[string][]int{}} }

// send sends so many requests of that name and waits until each is where it
// stays for now.
func (c *crowd) send(ctx context.Context, n int, name string, headers ...string) {
	for range n {
		c.all.Go(func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/"+name, http.NoBody)
			for i := 0; i+1 < len(headers); i += 2 {
				r.Header.Add(headers[i], headers[i+1])
			}

			w := httptest.NewRecorder()

			defer func() {
				status := w.Code
				if v := recover(); v != nil {
					status = 0 // The connection would break off.
				}

				c.mu.Lock()
				defer c.mu.Unlock()

				c.got[name] = append(c.got[name], status)
			}()

			c.ServeHTTP(w, r)
		})
		synctest.Wait()
	}
}

// statuses are those of that name so far, and how many there are of each.
func (c *crowd) statuses(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()

	count := map[int]int{}
	for _, status := range c.got[name] {
		count[status]++
	}

	return fmt.Sprint(count)
}

// held is a handler that answers when it is let go, and remembers who came in
// which order.
type held struct {
	mu      sync.Mutex
	came    []string
	release chan struct{}
}

func newHeld() *held { return &held{release: make(chan struct{})} }

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.came = append(h.came, strings.TrimPrefix(r.URL.Path, "/api/"))
	h.mu.Unlock()

	<-h.release
	w.WriteHeader(http.StatusOK)
}

func (h *held) order() []string {
	h.mu.Lock()
	defer h.mu.Unlock()

	return slices.Clone(h.came)
}

// fill takes all places, so that the next one has to wait, and returns how many
// there were.
func (c *crowd) fill(ctx context.Context, h *held) int {
	for {
		before := len(h.order())
		c.send(ctx, 1, "filler")

		if len(h.order()) == before {
			return before
		}
	}
}

// TestWhoGoesFirst: places that become free go to the highest class, in one
// class to the oldest; where the queue is full the newest of the lowest goes.
func TestWhoGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		c := protected(h.ServeHTTP, serve.Rate{}).crowd()
		places := c.fill(t.Context(), h)

		c.send(t.Context(), 1, "prefetch", "Sec-Purpose", "prefetch")
		c.send(t.Context(), 1, "normal-1")
		c.send(t.Context(), 1, "high-1", "Priority", "u=1")
		c.send(t.Context(), 1, "normal-2")
		c.send(t.Context(), 1, "high-2", "Priority", "u=0, i")

		if got := c.statuses("prefetch"); got != "map[503:1]" {
			t.Errorf("prefetch got %s while others wait", got)
		}

		for range 5 { // One after the other.
			h.release <- struct{}{}
			synctest.Wait()
		}

		if got, want := h.order()[places:], []string{"high-1", "high-2", "filler", "normal-1", "normal-2"}; !slices.Equal(got, want) {
			t.Errorf("they came in the order %v, want %v", got, want)
		}

		close(h.release)
		c.all.Wait()

		if got := c.statuses("normal-1") + c.statuses("high-2"); got != "map[200:1]map[200:1]" {
			t.Errorf("those who waited got %s", got)
		}
	})
}

// TestPriorityIsIgnored where nobody in front of the program sees to it.
func TestPriorityIsIgnored(t *testing.T) {
	t.Parallel()

	for setting, want := range map[string]string{
		"CLIENT_PRIORITY=trust":  `bff_shed_total{bff="test",what="high"} 1`,
		"CLIENT_PRIORITY=ignore": `bff_shed_total{bff="test",what="normal"} 2`, // and the one that found all taken
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()

			inside, release := make(chan struct{}), make(chan struct{})

			r := start(t, func(_ context.Context, app *serve.App) error {
				s := server("test", func(w http.ResponseWriter, r *http.Request) {
					inside <- struct{}{}
					<-release
					says("text/plain", "hello")(w, r)
				})
				s.Options.Limited = []string{"/api/"}
				s.Options.Budget = 1 // So nobody has time to wait for a place.
				app.Add(s)

				return nil
			}, usual(setting)...)

			ask := func(priority string) int {
				ask := request(t, http.MethodGet, r.urls["test"]+"/api/page", http.NoBody)
				ask.Header.Set("Priority", priority)

				response, err := r.client.Do(ask)
				if err != nil {
					t.Error(err)

					return 0
				}

				return read(t, response).status
			}

			var all sync.WaitGroup

			refused := make(chan int, 1)
			for full := false; !full; {
				all.Go(func() {
					if status := ask("u=3"); status != http.StatusOK {
						refused <- status
					}
				})

				select {
				case <-inside:
				case <-refused:
					full = true
				}
			}

			for _, priority := range []string{"u=0", "u=7"} {
				if status := ask(priority); status != http.StatusServiceUnavailable {
					t.Errorf("%s: got %d", priority, status)
				}
			}

			close(release)
			all.Wait()

			r.want(r.urls["ops"]+"/metrics", http.StatusOK, want)
			r.want(r.urls["ops"]+"/metrics", http.StatusOK, `bff_shed_total{bff="test",what="prefetch"} 1`)
			r.stop()
			r.wantEnd(serve.ExitOK)
		})
	}
}

// TestFullQueue: the newest is refused at once, and gives way to one that
// matters more.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		p := protected(h.ServeHTTP, serve.Rate{})
		c := p.crowd()
		places := c.fill(t.Context(), h)

		for c.statuses("queued") == "map[]" { // Until one does not fit.
			c.send(t.Context(), 1, "queued")
		}

		if got := c.statuses("queued"); got != "map[503:1]" {
			t.Errorf("the queue is full, and %s", got)
		}

		c.send(t.Context(), 1, "high", "Priority", "u=2")

		if got := c.statuses("queued"); got != "map[503:2]" {
			t.Errorf("nobody has made room for who matters more: %s", got)
		}

		h.release <- struct{}{}
		synctest.Wait()

		if came := h.order()[places:]; len(came) != 1 || came[0] != "high" {
			t.Errorf("%v came first", came)
		}

		close(h.release)
		c.all.Wait()

		if !p.has(t, `bff_shed_total{bff="test",what="normal"} 2`) || !p.has(t, `bff_shed_total{bff="test",what="high"} 0`) {
			t.Error("what is shed is not counted")
		}
	})
}

// TestNobodyWaitsForLong: who cannot be served in time is told so early.
func TestNobodyWaitsForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		c := protected(h.ServeHTTP, serve.Rate{}).crowd()
		c.fill(t.Context(), h)

		start := time.Now()
		answer := c.ask(t, http.MethodGet, "/api/late")

		if waited := time.Since(start); answer.status != http.StatusServiceUnavailable || waited != budget/4 {
			t.Errorf("got %d after %v", answer.status, waited)
		}

		wantHeaders(t, answer, map[string]string{
			"Retry-After": "2", "Content-Type": "application/problem+json", "Cache-Control": "no-store", "Content-Encoding": "",
		})

		if !strings.Contains(answer.text, `"urn:storefront:problem:overloaded"`) {
			t.Errorf("got %s", answer.text)
		}

		synctest.Wait() // The last filler, whose time was up in the same moment, is done too.

		if !c.has(t, `bff_queue_wait_seconds_count{bff="test"} 2`) {
			t.Error("the wait is not counted")
		}

		close(h.release)
		c.all.Wait()
	})
}

// TestWhoLeaves makes room in the queue.
func TestWhoLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		c := protected(h.ServeHTTP, serve.Rate{}).crowd()
		places := c.fill(t.Context(), h)

		ctx, leave := context.WithCancel(t.Context())
		c.send(ctx, 1, "leaves")
		leave()
		synctest.Wait()
		c.send(t.Context(), 1, "stays")

		for range 2 {
			h.release <- struct{}{}
			synctest.Wait()
		}

		if got, want := h.order()[places:], []string{"filler", "stays"}; !slices.Equal(got, want) {
			t.Errorf("%v came, want %v", got, want)
		}

		if !c.has(t, `bff_requests_queued{bff="test"} 0`) {
			t.Error("somebody is still waited for")
		}

		close(h.release)
		c.all.Wait()

		if got := c.statuses("leaves"); got != "map[0:1]" {
			t.Errorf("who left got %s", got)
		}

		if !c.has(t, `bff_requests_admitted{bff="test"} 0`) {
			t.Error("a place is not given back")
		}
	})
}

// TestFloor: so few are never too many, whatever their time says, and what is
// prefetched is let in as well.
func TestFloor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(900 * ms)
			called(r, 900*ms, nil)
			w.WriteHeader(http.StatusOK)
		}
		c := protected(slow, serve.Rate{}).crowd()

		for range 20 { // Pages that are nearly too late, again and again.
			c.send(t.Context(), limit.Floor/2, "normal")
			c.send(t.Context(), limit.Floor/2, "prefetch", "Priority", "u=6")
			c.all.Wait()
		}

		if got := c.statuses("normal") + c.statuses("prefetch"); got != "map[200:320]map[200:320]" {
			t.Errorf("got %s", got)
		}
	})
}

// called notes a call of a service in the record of a request.
func called(r *http.Request, took time.Duration, err error) {
	telemetry.RecordFrom(r.Context()).AddCall(telemetry.Call{Service: "user", Duration: took, Err: err})
}

// TestSectionsAreShedBeforePages: when it becomes tight, pages are told to do
// without what they can do without.
func TestSectionsAreShedBeforePages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var whole, shedding atomic.Int64

		h := newHeld()
		p := protected(func(w http.ResponseWriter, r *http.Request) {
			if need.Shedding(r.Context()) {
				shedding.Add(1)
			} else {
				whole.Add(1)
			}

			h.ServeHTTP(w, r)
		}, serve.Rate{})
		c := p.crowd()
		places := c.fill(t.Context(), h)

		if first, rest := whole.Load(), shedding.Load(); first != int64(places)*7/8 || first+rest != int64(places) {
			t.Errorf("of %d pages %d are whole and %d do without", places, first, rest)
		}

		close(h.release)
		c.all.Wait()

		if !p.has(t, fmt.Sprintf(`bff_shed_total{bff="test",what="sections"} %d`, shedding.Load())) {
			t.Error("it is not counted")
		}
	})
}

// TestFailedServiceIsNoOverload: pages that waited for a service in vain leave
// the limit as it is, those that were answered late do not.
func TestFailedServiceIsNoOverload(t *testing.T) {
	t.Parallel()

	timedOut := fault.New(fault.Timeout, "no answer")

	for name, test := range map[string]struct {
		calls   []telemetry.Call
		shrinks bool
	}{
		"answered late":           {[]telemetry.Call{{Duration: budget / 2}}, true},
		"timed out":               {[]telemetry.Call{{Duration: 20 * ms}, {Duration: budget / 2, Err: timedOut}}, false},
		"failed at once":          {[]telemetry.Call{{Duration: budget / 2}, {Duration: ms, Err: fault.New(fault.Unavailable, "refused")}}, true},
		"there is no such thing":  {[]telemetry.Call{{Duration: budget / 2, Err: fault.New(fault.NotFound, "no")}, {Duration: budget / 3}}, true},
		"waited for another call": {[]telemetry.Call{{Duration: budget / 2, Source: telemetry.Coalesced}}, false},
		"called nobody":           {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var took atomic.Int64

				p := protected(func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(time.Duration(took.Load()))

					for _, call := range test.calls {
						telemetry.RecordFrom(r.Context()).AddCall(call)
					}

					w.WriteHeader(http.StatusOK)
				}, serve.Rate{})
				c := p.crowd()

				took.Store(int64(20 * ms)) // What a page takes by itself.

				for range 4 {
					c.send(t.Context(), 8, "page")
					c.all.Wait()
				}

				took.Store(int64(budget / 2))

				for range 4 {
					c.send(t.Context(), limit.Floor, "page") // At the floor this is what it takes.
					c.send(t.Context(), 60, "page")
					took.Add(int64(ms))
					c.all.Wait()
				}

				before := p.value(t, `bff_concurrency_limit{bff="test"}`)
				if shrunk := before < 100; shrunk && !test.shrinks {
					t.Errorf("the limit is %v", before)
				}
			})
		})
	}
}

// value is that of a series; the test fails where there is none.
func (p *pipe) value(t *testing.T, series string) (value float64) {
	t.Helper()

	w := httptest.NewRecorder()
	p.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	_, rest, found := strings.Cut(w.Body.String(), "\n"+series+" ")
	if _, err := fmt.Sscan(rest, &value); !found || err != nil {
		t.Fatalf("%s: %v", series, err)
	}

	return value
}

// TestPagesAtHandNeedNoPlace: however much there is to do, what is kept is sent,
// with the state of its client and of nobody else.
func TestPagesAtHandNeedNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		k := cook(func(o *serve.Options) {
			o.Limited = []string{"/api/"}
			o.Protection = serve.NewProtection(*o, serve.Rate{PerSecond: 500, Burst: 1000})
		})
		k.public = true
		k.ask(t, http.MethodGet, "/api/kept", "Authorization", "Bearer one")
		k.last = h.ServeHTTP

		c := k.crowd()
		for n := 0; len(h.order()) == n; n++ {
			c.send(t.Context(), 1, fmt.Sprintf("filler-%d", n))
		}

		answer := k.ask(t, http.MethodGet, "/api/kept", "Sec-Purpose", "prefetch")
		if answer.status != http.StatusOK || !strings.Contains(answer.text, "All of it.") {
			t.Errorf("got %d, %s", answer.status, answer.text)
		}

		wantHeaders(t, answer, map[string]string{"Ratelimit-Policy": `"client";q=1000;w=2`})

		if state := answer.header.Values("Ratelimit"); len(state) != 1 || state[0] == `"client";r=999;t=1` {
			t.Errorf("its client stands at %q", state)
		}

		close(h.release)
		c.all.Wait()
	})
}

// TestOthersAreNotLimited: what costs no calls is served in any case.
func TestOthersAreNotLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		c := protected(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/") {
				h.ServeHTTP(w, r)
			}
		}, serve.Rate{PerSecond: 1, Burst: 1000}).crowd()
		c.fill(t.Context(), h)

		answer := c.ask(t, http.MethodGet, "/docs")
		if answer.status != http.StatusOK {
			t.Errorf("got %d", answer.status)
		}

		wantHeaders(t, answer, map[string]string{"Ratelimit": "", "Ratelimit-Policy": ""})
		close(h.release)
		c.all.Wait()
	})
}

// TestSlowBodyHoldsNoPlace: who sends slowly keeps nobody out.
func TestSlowBodyHoldsNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := protected(func(_ http.ResponseWriter, r *http.Request) {
			if text, err := io.ReadAll(r.Body); err != nil || string(text) != "all of it" {
				t.Errorf("got %q, %v", text, err)
			}
		}, serve.Rate{})

		reader, writer := io.Pipe()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/slow", reader)
		done := make(chan struct{})

		go func() {
			defer close(done)

			p.ServeHTTP(httptest.NewRecorder(), r)
		}()

		_, _ = io.WriteString(writer, "all ")
		synctest.Wait()

		if !p.has(t, `bff_requests_admitted{bff="test"} 0`) {
			t.Error("a request that has not come yet has a place")
		}

		_, _ = io.WriteString(writer, "of it")
		_ = writer.Close()
		<-done

		broken := errors.New("broken")
		bad := protected(func(_ http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); !errors.Is(err, broken) {
				t.Errorf("the body broke off, and its reader got %v", err)
			}
		}, serve.Rate{})
		reader, writer = io.Pipe()
		_ = writer.CloseWithError(broken)

		bad.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/", reader))
	})
}

// TestShedIsLoggedInSums: one line a second, however many are refused.
func TestShedIsLoggedInSums(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := protected(says("text/plain", "hello"), serve.Rate{PerSecond: 1, Burst: 1})

		for range 50 {
			p.ask(t, http.MethodGet, "/api/page")
		}

		time.Sleep(time.Second + ms)

		lines := p.log.lines(t)
		if len(lines) != 2 {
			t.Fatalf("%d lines: %v", len(lines), lines)
		}

		if line := lines[1]; line["msg"] != "shed" || line["level"] != "WARN" || line["bff"] != "test" || line["rate"] != 49. || line["high"] != nil {
			t.Errorf("it says %v", line)
		}

		if !p.has(t, `bff_requests_total{bff="test",method="GET",route="shed",status="429"} 49`) {
			t.Error("they are not counted")
		}
	})
}

// TestRate: each client has what is set, and is told how it stands.
func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := protected(says("text/plain", "hello"), serve.Rate{PerSecond: 2, Burst: 3})

		for n, want := range []map[string]string{
			{"Ratelimit": `"client";r=2;t=1`, "Ratelimit-Policy": `"client";q=3;w=2`, "Retry-After": ""},
			{"Ratelimit": `"client";r=1;t=1`, "Retry-After": ""},
			{"Ratelimit": `"client";r=0;t=2`, "Retry-After": ""},
			{"Ratelimit": `"client";r=0;t=2`, "Ratelimit-Policy": `"client";q=3;w=2`, "Retry-After": "1", "Content-Type": problem.ContentType},
		} {
			answer := p.ask(t, http.MethodGet, "/api/page")
			wantHeaders(t, answer, want)

			if refused := answer.status == http.StatusTooManyRequests; refused != (want["Retry-After"] != "") {
				t.Errorf("request %d got %d", n, answer.status)
			}
		}

		if answer := p.ask(t, http.MethodGet, "/api/page", "Authorization", "Bearer another"); answer.status != http.StatusOK {
			t.Errorf("another client got %d", answer.status)
		}

		time.Sleep(500 * ms)

		if answer := p.ask(t, http.MethodGet, "/api/page"); answer.status != http.StatusOK {
			t.Errorf("half a second later got %d", answer.status)
		}
	})
}

// TestRateAfterAPanic: a client is told how it stands with any answer.
func TestRateAfterAPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := protected(func(http.ResponseWriter, *http.Request) { panic("boom") }, serve.Rate{PerSecond: 2, Burst: 3})

		answer := p.ask(t, http.MethodGet, "/api/page")
		if answer.status != http.StatusInternalServerError {
			t.Errorf("got %d", answer.status)
		}

		wantHeaders(t, answer, map[string]string{"Ratelimit": `"client";r=2;t=1`, "Ratelimit-Policy": `"client";q=3;w=2`})
	})
}

// TestRateBehindProxies: only those that are trusted are believed.
func TestRateBehindProxies(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		trusted string
		status  int
	}{
		"trusted": {"192.0.2.0/24", http.StatusOK}, // httptest's clients are there
		"not":     {"10.0.0.0/8", http.StatusTooManyRequests},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := protected(says("text/plain", "hello"),
				serve.Rate{PerSecond: 1, Burst: 1, Trusted: []netip.Prefix{netip.MustParsePrefix(test.trusted)}})
			p.ask(t, http.MethodGet, "/api/page", "X-Forwarded-For", "198.51.100.1")

			answer := p.ask(t, http.MethodGet, "/api/page", "X-Forwarded-For", "203.0.113.7, 198.51.100.2")
			if answer.status != test.status {
				t.Errorf("another client behind the proxy got %d", answer.status)
			}
		})
	}
}
