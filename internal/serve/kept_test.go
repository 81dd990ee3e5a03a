package serve_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/etag"
	"storefront/internal/fresh"
	desk "storefront/internal/page"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
)

// kitchen makes pages that say who asked for what, and which one they are.
type kitchen struct {
	*pipe

	made atomic.Int64
	// public is whether the pages may be shown to anybody.
	public bool
	// late is how long one takes.
	late time.Duration
	// last, where set, is what is done with a page in place of sending it.
	last func(w http.ResponseWriter, r *http.Request)
}

const life = time.Minute // of a page

// cook puts a kitchen behind a pipe that uses answers again.
func cook(change ...func(*serve.Options)) *kitchen {
	const bytes = 1 << 20

	k := &kitchen{}
	k.pipe = newPipe(k.serve, append([]func(*serve.Options){func(o *serve.Options) {
		o.MaxBody = 100 << 10
		o.Pages = serve.NewPages(bytes, 0)
		o.Reuse = []serve.Reuse{{Prefix: "/api/"}, {Prefix: "/graphql", ByAccept: true}}
	}}, change...)...)

	return k
}

func forgetful(o *serve.Options) { o.Reuse = nil }

func (k *kitchen) serve(w http.ResponseWriter, r *http.Request) {
	n := k.made.Add(1)
	record := telemetry.RecordFrom(r.Context())

	time.Sleep(k.late)
	record.SetRoute("/api/{page}")
	record.AddCall(telemetry.Call{Service: "user", Duration: 5 * ms})
	desk.Whole(r.Context(), fresh.Terms{Until: time.Now().Add(life), Public: k.public, Tags: []string{"user:a"}})

	if k.last != nil {
		k.last(w, r)

		return
	}

	asked, _ := io.ReadAll(r.Body)
	body := fmt.Sprintf(`{"page":%d,"for":%q,"accept":%q,"asked":%q,"bytes":%d,"text":%q}`,
		n, r.Header["Authorization"], r.Header["Accept"], r.RequestURI, len(asked), strings.Repeat("All of it. ", 100))
	tag := etag.Of([]byte(body))

	maps.Copy(w.Header(), http.Header{
		"Etag": {tag}, "Cache-Control": {"private, max-age=5"}, "Vary": {"Authorization"}, "Content-Type": {"application/json"},
	})

	if etag.Matches(r.Header.Get("If-None-Match"), tag) {
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)

		return
	}

	_, _ = io.WriteString(w, body) //nolint:gosec // No browser reads it.
}

// wantMade fails the test unless so many pages were made.
func (k *kitchen) wantMade(t *testing.T, want int64) {
	t.Helper()

	if n := k.made.Load(); n != want {
		t.Errorf("%d pages were made, want %d", n, want)
	}
}

// own are the headers that are the request's own, and no two answers share.
func without(h http.Header, own ...string) http.Header {
	h = h.Clone()
	for _, name := range own {
		h.Del(name)
	}

	return h
}

// wantSame fails the test unless both answers are one, but for what is their
// own.
func wantSame(t *testing.T, what string, got, want *answer) {
	t.Helper()

	a, b := without(got.header, "X-Request-Id", "Server-Timing"), without(want.header, "X-Request-Id", "Server-Timing")
	if got.status != want.status || got.text != want.text || !maps.EqualFunc(a, b, slices.Equal) {
		t.Errorf("%s: got %d %v %q, want %d %v %q", what, got.status, a, got.text, want.status, b, want.text)
	}
}

func codings() []string { return []string{"", "gzip", "br", "zstd", "gzip, br", "identity", "*;q=0"} }

// TestKeptIsTheSame has each coding of a page that is kept, whichever was asked
// for first, be what the page would be without being kept.
func TestKeptIsTheSame(t *testing.T) {
	t.Parallel()

	for _, first := range codings() {
		t.Run(first, func(t *testing.T) {
			t.Parallel()

			k := cook()
			made := k.ask(t, http.MethodGet, "/api/a", "Accept-Encoding", first)

			for range 2 {
				for _, coding := range codings() {
					got := k.ask(t, http.MethodGet, "/api/a", "Accept-Encoding", coding)
					wantSame(t, coding, got, cook(forgetful).ask(t, http.MethodGet, "/api/a", "Accept-Encoding", coding))
					wantHeaders(t, got, map[string]string{"Server-Timing": "user;dur=0.0;desc=hit", "Content-Length": strconv.Itoa(len(got.text))})

					if coding == first {
						wantSame(t, "the first one", got, made)
					}
				}
			}

			k.wantMade(t, 1)
		})
	}
}

// TestNotModifiedOfKept wants the validators that a client may have to be
// known, whether the page is made, made for the first time, or kept.
func TestNotModifiedOfKept(t *testing.T) {
	t.Parallel()

	plain := cook(forgetful).ask(t, http.MethodGet, "/api/a").header.Get("Etag")
	in := func(coding string) string { return strings.TrimSuffix(plain, `"`) + "-" + coding + `"` }
	known := 0

	for _, has := range []string{
		plain, in("gzip"), in("br"), in("zstd"), "W/" + plain, "W/" + in("br"), "*", `"b", ` + in("gzip"), in("zstd") + `, "b"`,
		in("br") + ", " + plain, in("lz4"), `"b"`, "", "a", strings.Trim(plain, `"`),
	} {
		for _, coding := range codings() {
			headers := []string{"Accept-Encoding", coding, "If-None-Match", has}
			want := cook(forgetful).ask(t, http.MethodGet, "/api/a", headers...)
			k := cook()

			for _, when := range []string{"first", "kept", "kept again"} {
				wantSame(t, when+" "+has+" "+coding, k.ask(t, http.MethodGet, "/api/a", headers...), want)
			}

			k.wantMade(t, 1)

			if want.status == http.StatusNotModified {
				known++

				wantHeaders(t, want, map[string]string{"Content-Type": "", "Content-Length": "", "Content-Encoding": ""})

				if want.text != "" {
					t.Errorf("304 with %q", want.text)
				}
			}

			// Others have the whole page, whatever the first one had.
			if got := k.ask(t, http.MethodGet, "/api/a"); got.status != http.StatusOK || !strings.Contains(got.text, `"page":1,`) {
				t.Errorf("who has nothing got %d %s", got.status, got.text)
			}

			k.wantMade(t, 1)
		}
	}

	if want := 10 * len(codings()); known != want {
		t.Errorf("%d clients had it already, want %d", known, want)
	}
}

func TestKeptToItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := cook()
		k.ask(t, http.MethodGet, "/api/a")
		time.Sleep(life - time.Nanosecond)
		k.ask(t, http.MethodGet, "/api/a")
		k.wantMade(t, 1)
		time.Sleep(time.Nanosecond)
		k.ask(t, http.MethodGet, "/api/a")
		k.wantMade(t, 2)
	})
}

// TestHeadOfKept has HEAD and GET share a page, over real HTTP.
func TestHeadOfKept(t *testing.T) {
	t.Parallel()

	for _, methods := range [][]string{{http.MethodGet, http.MethodHead}, {http.MethodHead, http.MethodGet}} {
		k := cook()
		server := serve.NewHTTPServer(k, budget, slog.New(slog.DiscardHandler))
		client := listen(t, server).client(t)
		first := do(t, client, methods[0], "http://test/api/a", http.NoBody)
		second := do(t, client, methods[1], "http://test/api/a", http.NoBody)

		head, get := first, second
		if methods[0] == http.MethodGet {
			head, get = second, first
		}

		if head.text != "" || get.text == "" || head.header.Get("Content-Length") != strconv.Itoa(len(get.text)) {
			t.Errorf("%v: %v %q, %v %q", methods, head.header, head.text, get.header, get.text)
		}

		head.text = get.text
		wantSame(t, "HEAD", head, get)
		k.wantMade(t, 1)
	}
}

// TestNeverKept has answers that nobody may have but who asked.
func TestNeverKept(t *testing.T) {
	t.Parallel()

	whole := func(until time.Time) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			desk.Whole(r.Context(), fresh.Terms{Until: until})
			says("application/json", "{}")(w, r)
		}
	}

	for name, last := range map[string]func(w http.ResponseWriter, r *http.Request){
		"for this request alone": whole(time.Time{}),
		"over already":           whole(time.Now().Add(-time.Second)),
		"not whole": func(w http.ResponseWriter, r *http.Request) {
			*desk.DraftOf(r.Context()) = desk.Draft{}

			w.Header().Set("Cache-Control", "no-store")
			says("application/json", `{"degraded":["orders"]}`)(w, r)
		},
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"no page":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"304":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"nothing":  func(http.ResponseWriter, *http.Request) {},
		"a panic":  func(http.ResponseWriter, *http.Request) { panic("broken") },
		"a panic after the answer": func(w http.ResponseWriter, r *http.Request) {
			says("application/json", "{}")(w, r)
			panic("broken")
		},
		"a stream": func(w http.ResponseWriter, r *http.Request) {
			says("application/json", "[")(w, r)

			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, "]")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := cook()
			k.last = last

			for n := range int64(3) {
				k.ask(t, http.MethodGet, "/api/a")
				k.wantMade(t, n+1)
			}
		})
	}
}

// TestOwnOfEachRequest: nothing of the first request is told to the next one, nor
// is it in its log line.
func TestOwnOfEachRequest(t *testing.T) {
	t.Parallel()

	k := cook()
	want := []string{"user;dur=5.0", "user;dur=0.0;desc=hit", "user;dur=0.0;desc=hit"}

	for i, id := range []string{"first", "second", "third"} {
		got := k.ask(t, http.MethodGet, "/api/a", "X-Request-Id", id)
		wantHeaders(t, got, map[string]string{"X-Request-Id": id, "Server-Timing": want[i]})

		line := k.log.lines(t)[i]
		for name, value := range map[string]any{
			"request_id": id, "upstream": want[i], "route": "/api/{page}", "status": 200.0, "upstream_calls": 1.0,
			"bytes": float64(len(got.text)), "bff": "test", "method": "GET", "level": "INFO", "msg": "request",
		} {
			if line[name] != value {
				t.Errorf("%s is logged as %s %v, want %v", id, name, line[name], value)
			}
		}
	}

	if a, b := k.log.lines(t)[0]["trace_id"], k.log.lines(t)[1]["trace_id"]; a == b {
		t.Errorf("both requests belong to the trace %v", a)
	}

	for _, line := range []string{
		`bff_requests_total{bff="test",method="GET",route="/api/{page}",status="200"} 3`,
	} {
		if !k.has(t, line) {
			t.Errorf("no %s in the metrics", line)
		}
	}
}

// TestOwnOfKeptNotModified: the same for a 304 of a page that is kept.
func TestOwnOfKeptNotModified(t *testing.T) {
	t.Parallel()

	k := cook()
	tag := k.ask(t, http.MethodGet, "/api/a", "X-Request-Id", "first").header.Get("Etag")
	got := k.ask(t, http.MethodGet, "/api/a", "X-Request-Id", "second", "If-None-Match", tag)
	wantHeaders(t, got, map[string]string{
		"X-Request-Id": "second", "Server-Timing": "user;dur=0.0;desc=hit", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "private, max-age=5", "Vary": "Authorization, Accept-Encoding",
	})

	if line := k.log.lines(t)[1]; line["request_id"] != "second" || line["status"] != 304.0 || line["bytes"] != 0.0 {
		t.Errorf("logged is %v", line)
	}
}

func TestHiddenTiming(t *testing.T) {
	t.Parallel()

	k := cook(func(o *serve.Options) { o.HideTiming = true })
	for range 2 {
		wantHeaders(t, k.ask(t, http.MethodGet, "/api/a"), map[string]string{"Server-Timing": ""})
	}
}

// at sends a request at once, and returns its answer later.
func (k *kitchen) at(t *testing.T, ctx context.Context, target string, headers ...string) <-chan *answer { //nolint:revive // As ask has it.
	t.Helper()

	r := httptest.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}

	done := make(chan *answer, 1)

	go func() {
		defer func() {
			if recover() != nil { // As of a client that is gone.
				close(done)
			}
		}()

		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)
		done <- read(t, w.Result())
	}()

	synctest.Wait()

	return done
}

func TestCoalescedPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := cook(func(o *serve.Options) { o.Pages = nil }) // Nothing is kept, and yet it is shared.
		k.late = 100 * ms
		first := k.at(t, t.Context(), "/api/a", "X-Request-Id", "first", "Accept-Encoding", "gzip")

		time.Sleep(40 * ms)

		second := k.at(t, t.Context(), "/api/a", "X-Request-Id", "second", "Accept-Encoding", "gzip")
		has := k.at(t, t.Context(), "/api/a", "X-Request-Id", "third", "If-None-Match", "*")
		bob := k.at(t, t.Context(), "/api/a", "X-Request-Id", "fourth", "Authorization", "Bearer bob")

		a, b := <-first, <-second
		wantSame(t, "second", b, a)
		wantHeaders(t, a, map[string]string{"X-Request-Id": "first", "Server-Timing": "user;dur=5.0"})
		wantHeaders(t, b, map[string]string{"X-Request-Id": "second", "Server-Timing": "user;dur=60.0;desc=coalesced"})

		if c := <-has; c.status != http.StatusNotModified || c.text != "" || c.header.Get("X-Request-Id") != "third" {
			t.Errorf("who has it got %d %v %q", c.status, c.header, c.text)
		}

		if d := <-bob; !strings.Contains(d.text, "Bearer bob") {
			t.Errorf("bob got %s", d.text)
		}

		k.wantMade(t, 2)

		for _, line := range k.log.lines(t) {
			want := map[any]string{
				"first": "user;dur=5.0", "second": "user;dur=60.0;desc=coalesced", "third": "user;dur=60.0;desc=coalesced", "fourth": "user;dur=5.0",
			}[line["request_id"]]
			if line["upstream"] != want || line["route"] != "/api/{page}" {
				t.Errorf("logged is %v", line)
			}
		}

		k.ask(t, http.MethodGet, "/api/a")
		k.wantMade(t, 3)
	})
}

// TestMakerFails, and who waited makes the page.
func TestMakerFails(t *testing.T) {
	t.Parallel()

	for name, last := range map[string]func(http.ResponseWriter, *http.Request){
		"a panic":  func(http.ResponseWriter, *http.Request) { panic("broken") },
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"gone":     func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := cook()
				k.late = 100 * ms
				k.last = func(w http.ResponseWriter, r *http.Request) {
					k.last = nil
					last(w, r)
				}

				ctx, leave := context.WithTimeout(t.Context(), 150*ms)
				defer leave()

				first := k.at(t, ctx, "/api/a")
				others := []<-chan *answer{k.at(t, t.Context(), "/api/a"), k.at(t, t.Context(), "/api/a")}

				if got := <-first; got != nil && got.status < http.StatusInternalServerError {
					t.Errorf("the first got %d", got.status)
				}

				for _, other := range others {
					if got := <-other; got.status != http.StatusOK || !strings.Contains(got.text, `"page":2,`) {
						t.Errorf("another got %d %s", got.status, got.text)
					}
				}

				k.wantMade(t, 2)
			})
		})
	}
}

// TestWhatMakesAnotherPage has pairs of requests that differ in one thing.
func TestWhatMakesAnotherPage(t *testing.T) {
	t.Parallel()

	type asks struct {
		method, target, body string
		headers              http.Header
	}

	api := asks{http.MethodGet, "/api/a?b=c", "", http.Header{"Authorization": {"Bearer alice"}, "Accept": {"a b"}}}
	byGet := asks{http.MethodGet, "/graphql?query={a}", "", api.headers}
	byPost := asks{http.MethodPost, "/graphql", `{"query":"{a}"}`, http.Header{"Authorization": {"Bearer alice"}, "Accept": {"a b"}, "Content-Type": {"c"}}}
	with := func(name string, values ...string) func(*asks) {
		return func(a *asks) { a.headers[name] = values }
	}

	tests := map[string]struct {
		usual   asks
		change  func(*asks)
		another bool
	}{
		"nothing":                          {api, func(*asks) {}, false},
		"another principal":                {api, with("Authorization", "Bearer bob"), true},
		"no principal":                     {api, with("Authorization"), true},
		"two credentials":                  {api, with("Authorization", "Bearer alice", "Bearer bob"), true},
		"another path":                     {api, func(a *asks) { a.target = "/api/b?b=c" }, true},
		"another query":                    {api, func(a *asks) { a.target = "/api/a?b=d" }, true},
		"an escape":                        {api, func(a *asks) { a.target = "/api/%61?b=c" }, true},
		"Accept, where it does not matter": {api, with("Accept", "x"), false},
		"another client":                   {api, with("User-Agent", "x"), false},
		"another coding":                   {api, with("Accept-Encoding", "br"), false},
		"GraphQL":                          {byGet, func(*asks) {}, false},
		"GraphQL, another Accept":          {byGet, with("Accept", "a  b"), true},
		"GraphQL, Accept over lines":       {byGet, with("Accept", "a b", "c"), true},
		"GraphQL, another query":           {byGet, func(a *asks) { a.target = "/graphql?query={b}" }, true},
		"GraphQL, another principal":       {byGet, with("Authorization", "Bearer bob"), true},
		"GraphQL, another method":          {byGet, func(a *asks) { a.method, a.body = http.MethodPost, "x" }, true},
		"POST":                             {byPost, func(*asks) {}, false},
		"POST, another body":               {byPost, func(a *asks) { a.body = `{"query":"{b}"}` }, true},
		"POST, another principal":          {byPost, with("Authorization", "Bearer bob"), true},
		"POST, no principal":               {byPost, with("Authorization"), true},
		"POST, another Accept":             {byPost, with("Accept", "a"), true},
		"POST, another Content-Type":       {byPost, with("Content-Type", "d"), true},
		"POST, a word from one header to the next": {byPost, func(a *asks) {
			a.headers["Accept"], a.headers["Content-Type"] = []string{"a"}, []string{"b c"}
		}, true},
		"POST, what looks like more of the address": {byPost, func(a *asks) {
			a.headers["Content-Type"], a.body = []string{`c /graphql`}, `{"query":"{a}"}`
		}, true},
		"POST, with a query": {byPost, func(a *asks) { a.target = "/graphql?a" }, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := cook()
			ask := func(a asks) string {
				r := httptest.NewRequestWithContext(t.Context(), a.method, "/", strings.NewReader(a.body))
				r.RequestURI, r.Header = a.target, a.headers
				r.URL.Path, _, _ = strings.Cut(a.target, "?")
				w := httptest.NewRecorder()
				k.ServeHTTP(w, r)

				return w.Body.String()
			}
			other := test.usual
			other.headers = test.usual.headers.Clone()
			test.change(&other)

			first := ask(test.usual)
			ask(other)

			if again := ask(test.usual); again != first {
				t.Errorf("the first page is not kept: %s, then %s", first, again)
			}

			want := int64(1)
			if test.another {
				want = 2
			}

			k.wantMade(t, want)
		})
	}
}

// TestPublicPage is for all, and the page of a principal is not.
func TestPublicPage(t *testing.T) {
	t.Parallel()

	for _, public := range []bool{true, false} {
		k := cook()
		k.public = public

		first := k.ask(t, http.MethodGet, "/api/a", "Authorization", "Bearer alice")

		for _, headers := range [][]string{{"Authorization", "Bearer bob"}, nil, {"Authorization", ""}} {
			got := k.ask(t, http.MethodGet, "/api/a", headers...)
			if same := got.text == first.text; same != public {
				t.Errorf("%q got %s, public: %v", headers, got.text, public)
			}
		}
	}
}

// body is one that says so much of its length, and may break.
type body struct {
	io.Reader
}

func (body) Close() error { return nil }

// TestBodiesThatAreNoKey: their answers are not used again, and their handlers
// get all of them.
func TestBodiesThatAreNoKey(t *testing.T) {
	t.Parallel()

	const most = 16 << 10

	broken := io.MultiReader(strings.NewReader("{"), iotestErr{})

	for name, test := range map[string]struct {
		body   io.Reader
		length int64
		bytes  int
		again  bool
	}{
		"as long as may be": {strings.NewReader(strings.Repeat("a", most)), most, most, true},
		"too long":          {strings.NewReader(strings.Repeat("a", most+1)), most + 1, most + 1, false},
		"of unknown length": {strings.NewReader("{}"), -1, 2, false},
		"none":              {strings.NewReader(""), 0, 0, false},
		"shorter than said": {strings.NewReader("{}"), 3, 2, false},
		"broken":            {broken, 9, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := cook()
			ask := func() string {
				whole, _ := io.ReadAll(test.body)
				source := io.Reader(strings.NewReader(string(whole)))

				if name == "broken" {
					source = io.MultiReader(strings.NewReader("{"), iotestErr{})
				}

				test.body = strings.NewReader(string(whole))
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", body{source})
				r.ContentLength = test.length
				w := httptest.NewRecorder()
				k.ServeHTTP(w, r)

				return w.Body.String()
			}

			for range 2 {
				if got := ask(); !strings.Contains(got, fmt.Sprintf(`"bytes":%d,`, test.bytes)) {
					t.Errorf("the handler got another body: %.200s", got)
				}
			}

			want := int64(2)
			if test.again {
				want = 1
			}

			k.wantMade(t, want)
		})
	}
}

// iotestErr breaks off.
type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestConditionalPost: only what can be kept by a client can be good still.
func TestConditionalPost(t *testing.T) {
	t.Parallel()

	k := cook()

	for range 3 {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", strings.NewReader("{}"))
		r.Header.Set("If-None-Match", "*")
		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)

		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"page":1,`) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
}

// TestOtherMethods and other paths are none of the kept ones.
func TestOtherMethods(t *testing.T) {
	t.Parallel()

	for _, test := range [][2]string{{http.MethodDelete, "/api/a"}, {http.MethodPut, "/api/a"}, {http.MethodOptions, "/api/a"}, {http.MethodGet, "/apis"}, {http.MethodGet, "/"}} {
		k := cook()
		k.ask(t, test[0], test[1])
		k.ask(t, test[0], test[1])
		k.wantMade(t, 2)
	}
}
