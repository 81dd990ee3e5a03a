package strangler

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// TestFallback has the old side answer, whole, where the new one does not do so
// properly, however that is.
func TestFallback(t *testing.T) {
	t.Parallel()

	long := strings.Repeat(" ", maxKept)

	for name, test := range map[string]struct {
		new      http.HandlerFunc // nil: it is not there
		stays    string           // what the new side's answer is where it counts
		status   int
		encoding string
	}{
		"refused":     {},
		"503":         {new: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }},
		"429":         {new: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }},
		"no answer":   {new: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		"not JSON":    {new: sayJSON(`{"id":`)},
		"nothing":     {new: sayJSON("")},
		"it hangs":    {new: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		"half a body": {new: func(w http.ResponseWriter, r *http.Request) { halfOf(w, r); panic(http.ErrAbortHandler) }},
		"a body that stops": {new: func(w http.ResponseWriter, r *http.Request) {
			halfOf(w, r)
			<-r.Context().Done()
		}},
		"another protocol": {new: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "x")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}},

		"no status":             {new: func(w http.ResponseWriter, _ *http.Request) { sayRaw(w, "000") }},
		"a status that is none": {new: func(w http.ResponseWriter, _ *http.Request) { sayRaw(w, "099") }},
		"a status beyond all":   {new: func(w http.ResponseWriter, _ *http.Request) { sayRaw(w, "600") }},

		"good":         {new: sayJSON(`{"id":1}`), stays: `{"id":1}`, status: 200},
		"long JSON":    {new: sayJSON("[" + long + "]"), stays: "[" + long + "]", status: 200},
		"long garbage": {new: sayJSON("[" + long), stays: "[" + long, status: 200}, // It is on its way before it is over.
		"no such thing": {new: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{`)
		}, stays: `{`, status: 404},
		"plain text": {new: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{") }, stays: "{", status: 200},
		"coded": {new: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			sayJSON("????")(w, r)
		}, stays: "????", status: 200, encoding: "br"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := newFacade(t, facadeOptions{mode: ModeNew, fallback: true, new: test.new, old: sayJSON(`{"old":true}`), budget: 400 * time.Millisecond})
			if test.status == 200 {
				k.transport.budget = time.Minute // It has all the time that it needs.
			}

			if test.new == nil {
				server := httptest.NewServer(nil)
				k.bases = []string{server.URL}

				server.Close()
			}

			got := k.do(t, http.MethodGet, "/api/things/7", http.NoBody)

			want, status := test.stays, test.status
			if want == "" {
				want, status = `{"old":true}`, http.StatusOK
			}

			if got.text != want || got.StatusCode != status || got.Header.Get("Content-Encoding") != test.encoding {
				t.Errorf("got %d, %d bytes: %.50s", got.StatusCode, len(got.text), got.text)
			}
		})
	}
}

// sayRaw answers with a status that net/http would not send.
func sayRaw(w http.ResponseWriter, status string) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}

	_, _ = io.WriteString(connection, "HTTP/1.1 "+status+" X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
	_ = connection.Close()
}

// halfOf sends the beginning of a body that has a length.
func halfOf(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"id":1`)
	_ = http.NewResponseController(w).Flush()
}

// TestBothSidesFail says what the old one says, who was asked last.
func TestBothSidesFail(t *testing.T) {
	t.Parallel()

	fails := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}

	k := newFacade(t, facadeOptions{mode: ModeNew, fallback: true, new: fails(500), old: fails(http.StatusBadGateway)})
	if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.StatusCode != http.StatusBadGateway {
		t.Errorf("got %d", got.StatusCode)
	}

	k = newFacade(t, facadeOptions{mode: ModeNew, fallback: true, new: fails(500), old: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }})
	if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.StatusCode != http.StatusBadGateway || !strings.Contains(got.text, "Bad Gateway") {
		t.Errorf("got %d, %s", got.StatusCode, got.text)
	}
}

// TestUnsafeOnce sends what changes something once, whatever comes of it, and
// likewise what has a body.
func TestUnsafeOnce(t *testing.T) {
	t.Parallel()

	for name, breaks := range map[string]http.HandlerFunc{
		"503":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"not JSON":  sayJSON("{"),
	} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodGet} {
			for _, body := range []string{"", "body"} {
				if method == http.MethodGet && body == "" {
					continue // It is safe.
				}

				k := newFacade(t, facadeOptions{mode: ModeNew, fallback: true, new: func(w http.ResponseWriter, r *http.Request) {
					if r.URL.RawQuery == "warm" {
						return
					}

					if r.Header.Get("Idempotency-Key") != "k" {
						t.Errorf("the key is %v", r.Header)
					}

					breaks(w, r)
				}})

				// A connection that is kept is what net/http tries again after.
				if got := k.do(t, http.MethodPut, "/api/things?warm", http.NoBody); got.StatusCode != http.StatusOK {
					t.Errorf("got %d", got.StatusCode)
				}

				k.do(t, method, "/api/things", strings.NewReader(body), "Idempotency-Key", "k")

				if n := k.asked[New].Load(); n != 2 {
					t.Errorf("%s: %s with %q was sent %d times", name, method, body, n-1)
				}
			}
		}
	}
}

// TestReplicas take turns, and one that is not there is passed over.
func TestReplicasTakeTurns(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeNew})
	asked := map[string]int{}

	k.bases = nil
	for _, name := range []string{"a", "b", "c"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, name) }))
		t.Cleanup(server.Close)

		k.bases = append(k.bases, server.URL)

		if name == "b" {
			server.Close()
		}
	}

	for range 6 {
		asked[k.do(t, http.MethodGet, "/api/things", http.NoBody).text]++
	}

	if asked["a"] < 2 || asked["c"] < 2 || len(asked) != 2 {
		t.Errorf("asked were %v", asked)
	}

	failed := 0

	for range 3 {
		if k.do(t, http.MethodPost, "/api/things", http.NoBody).StatusCode == http.StatusServiceUnavailable {
			failed++
		}
	}

	if failed != 1 {
		t.Errorf("%d of 3 failed of what changes something, want 1", failed)
	}
}

// newCall is a call of a request, with nothing around it.
func newCall(t *testing.T, k *facadeKit, method string, headers ...string) *passage {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, "http://facade/api/things/7", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}

	return &passage{of: k.transport, request: r, record: &telemetry.Record{RequestID: "mine"}, service: "thing", safe: true}
}

// TestKeep tells of a body that is to be compared once the client has it, whole.
func TestKeep(t *testing.T) {
	t.Parallel()

	says := func(status, bytes int, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}

			w.WriteHeader(status)

			_, _ = io.WriteString(w, strings.Repeat("x", bytes))
		}
	}

	for name, test := range map[string]struct {
		method  string
		old     http.HandlerFunc
		read    int64 // how much of it the client reads; 0 is all
		want    int   // bytes; -1: it is told that there is nothing
		coding  string
		patient time.Duration
	}{
		"a page":               {old: says(200, 1000), want: 1000},
		"an empty one":         {old: says(200, 0), want: 0},
		"no such thing":        {old: says(404, 10), want: 10},
		"coded":                {old: says(200, 10, "Content-Encoding", "gzip"), want: 10, coding: "gzip"},
		"as long as may be":    {old: says(200, maxKept), want: maxKept},
		"longer":               {old: says(200, maxKept+1), want: -1},
		"longer, and it is":    {old: says(200, maxKept+1, "Content-Length", strconv.Itoa(maxKept+1)), want: -1},
		"not read to its end":  {old: says(200, 100_000), read: 1000, want: -1},
		"a part":               {old: says(206, 10), want: -1},
		"a part by its header": {old: says(200, 10, "Content-Range", "bytes 0-9/100"), want: -1},
		"not changed":          {old: says(304, 0), want: -1},
		"elsewhere":            {old: says(302, 10), want: -1},
		"a failure":            {old: says(500, 10), want: -1},
		"no body":              {method: http.MethodHead, old: says(200, 10), want: -1},
		"it breaks off": {old: func(w http.ResponseWriter, r *http.Request) {
			halfOf(w, r)
			panic(http.ErrAbortHandler)
		}, want: -1},
		"with patience": {old: says(200, 1000, "Content-Type", "application/octet-stream"), want: 1000, patient: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := newFacade(t, facadeOptions{mode: ModeOld, old: test.old})

			c := newCall(t, k, test.method)
			if test.method == "" {
				c.request.Method = http.MethodGet
			}

			reply, err := c.Answer(t.Context(), Ask{Side: Old, Target: "/api/things", Keep: true, Patience: test.patient})
			if err != nil {
				t.Fatal(err)
			}

			got, told := -1, 0

			reply.Later(func(body []byte) {
				told++

				if body != nil {
					got = len(body)
				}
			})

			if told > 0 {
				t.Error("told before it was read")
			}

			var from io.Reader = c.response.Body
			if test.read > 0 {
				from = io.LimitReader(from, test.read)
			}

			_, _ = io.Copy(io.Discard, from)
			_ = c.response.Body.Close()

			if told != 1 {
				t.Errorf("told %d times", told)
			}

			if got != test.want || reply.Encoding != test.coding || reply.Status == 0 || reply.Body != nil {
				t.Errorf("%d bytes were told of, want %d; %+v", got, test.want, reply)
			}
		})
	}
}

// TestSettleReadsNothing of what is long, or does not say that it ends, or has no
// body that counts: it is passed on piece by piece.
func TestSettleReadsNothing(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		method string
		status int
		length int64
		media  string
		reads  bool
	}{
		"short":             {http.MethodGet, 200, 5, "text/plain", true},
		"JSON":              {http.MethodGet, 200, -1, "application/json", true},
		"long":              {http.MethodGet, 200, maxKept + 1, "text/plain", false},
		"long JSON":         {http.MethodGet, 200, maxKept + 1, "application/json", false},
		"of no known end":   {http.MethodGet, 200, -1, "text/event-stream", false},
		"a failure":         {http.MethodGet, 500, 5, "text/plain", false},
		"only what it says": {http.MethodHead, 200, 5, "text/plain", false},
	} {
		body := &closes{Reader: strings.NewReader("\"abc\"")}
		response := &http.Response{StatusCode: test.status, ContentLength: test.length, Header: http.Header{"Content-Type": {test.media}}, Body: body}

		if err := settle(test.method, response); err != nil {
			t.Errorf("%s: %v", name, err)
		}

		if rest, err := io.ReadAll(body); err != nil || (len(rest) == 0) != test.reads {
			t.Errorf("%s: %d bytes are left, %v", name, len(rest), err)
		}
	}
}

// TestKeptIsBounded: what is kept for clients that are slow to take it is no more
// than may wait, all together.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()

	const clients, length = 40, maxKept - 1

	for name, known := range map[string]int64{"of no length": -1, "of known length": length} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			room, whole, none := newShadows(), 0, 0
			defer func() { _ = room.close() }()

			var bodies []io.ReadCloser

			for range clients {
				c := &passage{of: &Transport{shadows: room}, request: &http.Request{Method: http.MethodGet}, record: &telemetry.Record{}}
				response := &http.Response{StatusCode: http.StatusOK, ContentLength: known, Body: io.NopCloser(io.LimitReader(zeros{}, length))}

				c.keep(newLeash(t.Context(), t.Context(), 0), Ask{Side: Old, Keep: true}, response, telemetry.Call{}).Later(func(body []byte) {
					if body == nil {
						none++
					} else {
						whole++
					}
				})

				if n, err := io.CopyN(io.Discard, response.Body, length); err != nil || n != length { // It has not heard of the end.
					t.Error(n, err)
				}

				bodies = append(bodies, response.Body)
			}

			if room.bytes > maxWaitingBytes || room.bytes < maxWaitingBytes/2 {
				t.Errorf("%d bytes are held", room.bytes)
			}

			for i, body := range bodies {
				if i > 0 { // The first one leaves before its end.
					_, _ = io.Copy(io.Discard, body)
				}

				_ = body.Close()
			}

			if whole > maxWaitingBytes/length || whole < maxWaitingBytes/length/2 || whole+none != clients || room.bytes != 0 {
				t.Errorf("%d are to be compared, %d are not, and %d bytes are held still", whole, none, room.bytes)
			}
		})
	}
}

// TestNotCompared counts what clients of the old API get and nothing is held
// against, in the report as in the metrics.
func TestNotCompared(t *testing.T) {
	t.Parallel()

	status := func(code int, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}

			w.WriteHeader(code)
		}
	}

	for name, test := range map[string]struct {
		method string
		old    http.HandlerFunc
		breaks bool
	}{
		"not changed": {old: status(http.StatusNotModified)},
		"a part":      {old: status(http.StatusPartialContent, "Content-Range", "bytes 0-0/1")},
		"elsewhere":   {old: status(http.StatusFound, "Location", "/")},
		"a failure":   {old: status(http.StatusBadGateway)},
		"HEAD":        {method: http.MethodHead, old: sayJSON("{}")},
		"too long":    {old: sayJSON(strings.Repeat("x", maxKept+1))},
		"it breaks off": {old: func(w http.ResponseWriter, r *http.Request) {
			halfOf(w, r)
			panic(http.ErrAbortHandler)
		}, breaks: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := newFacade(t, facadeOptions{mode: ModeShadow, old: test.old})

			r, err := http.NewRequestWithContext(t.Context(), test.method, k.URL+"/api/things", http.NoBody)
			do(t, err)

			if response, err := k.plain().RoundTrip(r); err == nil {
				_, err = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()

				if (err != nil) != test.breaks {
					t.Error(err)
				}
			}

			k.Close() // It is counted when the server is done with it.

			_, counts, _, _ := k.route.differences.summary()
			if got := counts[cameSkipped]; got != 1 || len(counts) != 1 {
				t.Errorf("counted: %v", counts)
			}

			scraped := httptest.NewRecorder()
			k.metrics.Handler().ServeHTTP(scraped, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

			if !strings.Contains(scraped.Body.String(), "strangler_shadows_total{outcome=\"skipped\",route=\"things\"} 1\n") {
				t.Error("metrics say something else")
			}
		})
	}
}

// TestPeek asks the other side for the same, whole and as it is now.
func TestPeek(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeOld, new: func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"If-None-Match", "If-Modified-Since", "If-Range", "Range", "Accept-Encoding"} {
			if r.Header[name] != nil {
				t.Errorf("%s is asked for", name)
			}
		}

		if r.RequestURI != "/things/7?a=b" || r.Header.Get("Authorization") != "Bearer x" || r.Header.Get("X-Request-Id") != "mine" || r.Header.Get("X-Request-Timeout-Ms") == "" {
			t.Errorf("asked is %s, %v", r.RequestURI, r.Header)
		}

		bytes, _ := strconv.Atoi(r.Header.Get("X-Bytes"))
		w.Header().Set("X-Side", "new")
		w.WriteHeader(http.StatusTeapot)

		_, _ = io.WriteString(w, strings.Repeat("x", bytes))
	}})

	for bytes, want := range map[int]fault.Kind{10: fault.None, maxKept: fault.None, maxKept + 1: fault.InvalidResponse} {
		c := newCall(t, k, http.MethodGet, "Authorization", "Bearer x", "If-None-Match", `"1"`, "If-Modified-Since", "x", "If-Range", `"1"`, "Range", "bytes=0-1",
			"Accept-Encoding", "gzip", "X-Bytes", strconv.Itoa(bytes))
		peek := c.Peek()
		c.request.Header.Set("Authorization", "Bearer y") // It is over, and its memory somebody else's.

		for range 2 {
			reply, err := peek(t.Context(), Ask{Side: New, Target: "/things/7?a=b"})
			if fault.KindOf(err) != want || reply.Status != http.StatusTeapot || want == fault.None && len(reply.Body) != bytes {
				t.Errorf("%d: got %d, %d bytes, %v", bytes, reply.Status, len(reply.Body), err)
			}
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	if _, err := newCall(t, k, http.MethodGet).Peek()(ctx, Ask{Side: New, Target: "/things"}); fault.KindOf(err) != fault.Canceled {
		t.Errorf("got %v", err)
	}
}

// TestWideEvent tells of the sides that were asked.
func TestFacadeEvent(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeNew, fallback: true, new: sayJSON("{"), old: sayJSON("{}")})
	k.do(t, http.MethodGet, "/api/things/7", http.NoBody)
	k.do(t, http.MethodGet, "/api/nothing", http.NoBody)
	k.Close()

	text := k.log.String()
	for _, want := range []string{
		`"bff":"facade"`, `"route":"things"`, `"route":"unmatched"`, `"upstream_calls":2`, `thing;dur=`, `old;dur=`,
		`"thing: invalid_response: it says that it is JSON, and is none"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

// TestStandAlone is the transport under a client of our own.
func TestTransportAlone(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeNew, new: sayJSON(`{"id":1}`)})
	client := http.Client{Transport: k.transport}

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://anywhere/api/things/7", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	if text, err := io.ReadAll(response.Body); err != nil || string(text) != `{"id":1}` {
		t.Errorf("got %s, %v", text, err)
	}

	if r, err = http.NewRequestWithContext(t.Context(), http.MethodGet, "http://anywhere/api/others", http.NoBody); err != nil {
		t.Fatal(err)
	}

	if answer, err := client.Do(r); err == nil {
		_ = answer.Body.Close()

		t.Error(fmt.Errorf("got %s", answer.Status))
	}
}
