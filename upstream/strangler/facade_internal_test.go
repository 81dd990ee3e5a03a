package strangler

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"testing"

	"storefront/internal/fault"
	"storefront/internal/problem"
)

// TestStatuses reach the client as they are, whoever answers.
func TestFacadeStatuses(t *testing.T) {
	t.Parallel()

	for _, mode := range []Mode{ModeOld, ModeNew} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()

			answers := func(w http.ResponseWriter, r *http.Request) {
				status, _ := strconv.Atoi(r.URL.Query().Get("s"))
				w.Header().Set("X-Side", "its own")
				w.WriteHeader(status)

				if status != http.StatusNoContent && status != http.StatusNotModified {
					_, _ = io.WriteString(w, "text")
				}
			}
			k := newFacade(t, facadeOptions{mode: mode, old: answers, new: answers})

			for status := 200; status < 600; status++ {
				got := k.do(t, http.MethodGet, "/api/things?s="+strconv.Itoa(status), http.NoBody)

				text := "text"
				if status == http.StatusNoContent || status == http.StatusNotModified {
					text = ""
				}

				if got.StatusCode != status || got.text != text || got.Header.Get("X-Side") != "its own" {
					t.Errorf("%d: got %d, %q", status, got.StatusCode, got.text)
				}
			}
		})
	}
}

// TestFacadeMethods stay what they are, HEAD among them.
func TestFacadeMethods(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeNew, new: func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Method+" "+strconv.FormatInt(r.ContentLength, 10)+" "+string(body))
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusOK)

		if r.Method != http.MethodHead {
			_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		}
	}})

	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, "PROPFIND", "BREW",
	} {
		for _, text := range []string{"", "body"} {
			got := k.do(t, method, "/api/things", strings.NewReader(text))
			want := method + " " + strconv.Itoa(len(text)) + " " + text

			if seen := got.Header.Get("X-Seen"); seen != strings.TrimSpace(want) || got.ContentLength != 1000 {
				t.Errorf("%s: seen is %q, want %q; %d bytes", method, seen, want, got.ContentLength)
			}
		}
	}
}

// TestFacadeHeaders that are between two neighbours go no further, and others do.
func TestFacadeHeaders(t *testing.T) {
	t.Parallel()

	seen := make(chan *http.Request, 1)
	k := newFacade(t, facadeOptions{mode: ModeOld, old: func(w http.ResponseWriter, r *http.Request) {
		seen <- r

		h := w.Header()
		h.Set("Connection", "X-Private")
		h.Set("X-Private", "for the facade")
		h.Set("Keep-Alive", "timeout=5")
		h.Set("Proxy-Authenticate", "Basic")
		h.Set("Alt-Svc", `h2=":443"`)
		h.Set("X-Request-Id", "the side's")
		h.Set("Etag", `"1"`)
		h.Set("Last-Modified", "Tue, 15 Nov 1994 12:45:26 GMT")
		h["X-Twice"] = []string{"a", "b"}
		h["Set-Cookie"] = []string{"a=1", "b=2"}
	}})

	got := k.do(t, http.MethodGet, "/api/things/7?b=2&a=%zz;x&&c=%2f+", http.NoBody,
		"Connection", "X-Near, Keep-Alive", "X-Near", "for the facade", "Keep-Alive", "timeout=5", "Proxy-Connection", "x", "Te", "trailers, deflate",
		"Proxy-Authorization", "x", "Upgrade", "h2c", "X-Far", "1", "X-Far", "2", "Authorization", "Bearer x", "Accept-Encoding", "br",
		"X-Request-Id", "mine", "X-Request-Timeout-Ms", "99999999", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Tracestate", "a=b",
		"Cookie", "a=1", "User-Agent", "", "If-None-Match", `"1", "2~new"`)
	r := <-seen

	if r.RequestURI != "/api/things/7?b=2&a=%zz;x&&c=%2f+" || r.Host == strings.TrimPrefix(k.URL, "http://") {
		t.Errorf("asked is %s of %s", r.RequestURI, r.Host)
	}

	for name, want := range map[string]string{
		"Connection": "TE", "X-Near": "", "Keep-Alive": "", "Proxy-Connection": "", "Proxy-Authorization": "", "Upgrade": "",
		"Te": "trailers", "X-Far": "1|2", "Authorization": "Bearer x", "Accept-Encoding": "br", "Cookie": "a=1", "User-Agent": "",
		"X-Request-Id": "mine", "Tracestate": "a=b", "If-None-Match": `"1"`,
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": strings.TrimPrefix(k.URL, "http://"), "Forwarded": "",
	} {
		if value := strings.Join(r.Header[name], "|"); value != want {
			t.Errorf("the side sees %s: %q, want %q", name, value, want)
		}
	}

	if trace := r.Header.Get("Traceparent"); !strings.HasPrefix(trace, "00-0af7651916cd43dd8448eb211c80319c-") {
		t.Errorf("the trace is %s", trace)
	}

	if left, err := strconv.Atoi(r.Header.Get("X-Request-Timeout-Ms")); err != nil || left <= 0 || left > 10_000 {
		t.Errorf("%d ms are left, %v", left, err)
	}

	if via := r.Header.Get("Via"); !strings.HasPrefix(via, "1.1 storefront-") {
		t.Errorf("it came by %q", via)
	}

	for name, want := range map[string]string{
		"Connection": "", "X-Private": "", "Keep-Alive": "", "Proxy-Authenticate": "", "Alt-Svc": "", "X-Request-Id": "mine", "Etag": `"1"`,
		"Last-Modified": "Tue, 15 Nov 1994 12:45:26 GMT", "X-Twice": "a|b", "Set-Cookie": "a=1|b=2", "Server-Timing": "", "X-Content-Type-Options": "",
	} {
		if value := strings.Join(got.Header[name], "|"); value != want {
			t.Errorf("the client sees %s: %q, want %q", name, value, want)
		}
	}
}

// TestFacadeUpgrades offers no side another protocol.
func TestFacadeUpgrades(t *testing.T) {
	t.Parallel()

	seen := make(chan http.Header, 1)
	k := newFacade(t, facadeOptions{mode: ModeOld, old: func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }})

	got := k.do(t, http.MethodGet, "/api/things", http.NoBody, "Connection", "Upgrade, Http2-Settings", "Upgrade", "h2c", "Http2-Settings", "AAMAAABk")
	if h := <-seen; got.StatusCode != http.StatusOK || h["Upgrade"] != nil || h["Connection"] != nil || h["Http2-Settings"] != nil {
		t.Errorf("got %d, and the side sees %v", got.StatusCode, h)
	}
}

// TestAbout is what a client is told where no side has answered; 0 is nothing, for
// it has left.
func TestAbout(t *testing.T) {
	t.Parallel()

	for status, err := range map[int]error{
		0:                             fault.Wrap(fault.Canceled, context.Canceled),
		http.StatusRequestTimeout:     fault.Wrap(fault.Canceled, &uploadError{os.ErrDeadlineExceeded}),
		http.StatusBadRequest:         fault.Wrap(fault.Canceled, &uploadError{io.ErrUnexpectedEOF}),
		http.StatusGatewayTimeout:     fault.Wrap(fault.Timeout, context.DeadlineExceeded),
		http.StatusServiceUnavailable: fault.Wrap(fault.Unavailable, &net.OpError{Op: "dial", Err: io.EOF}),
		http.StatusBadGateway:         fault.Wrap(fault.Unavailable, &net.OpError{Op: "read", Err: io.EOF}),
		http.StatusNotFound:           errNoRoute,
		http.StatusPreconditionFailed: fault.Wrap(fault.NotFound, errNoMatch),
	} {
		got := 0
		if details := about(err); details != nil {
			got = details.Status
		}

		if got != status {
			t.Errorf("%v: %d, want %d", err, got, status)
		}
	}
}

// TestFacadeForwarded says who asked, and believes only those who may say so.
func TestFacadeForwarded(t *testing.T) {
	t.Parallel()

	seen := make(chan http.Header, 1)
	old := func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }
	claims := []string{
		"X-Forwarded-For", "203.0.113.7, 10.0.0.1", "X-Forwarded-Host", "shop.example", "X-Forwarded-Proto", "https", "Forwarded", "for=203.0.113.7", "X-Real-Ip", "203.0.113.7",
	}

	for name, test := range map[string]struct {
		trusted []netip.Prefix
		want    map[string]string
	}{
		"anybody": {nil, map[string]string{
			"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "", "X-Forwarded-Proto": "http", "Forwarded": "", "X-Real-Ip": "",
		}},
		"a trusted proxy": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, map[string]string{
			"X-Forwarded-For": "203.0.113.7, 10.0.0.1, 127.0.0.1", "X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https",
			"Forwarded": `for=203.0.113.7, for=127.0.0.1;host="";proto=http`, "X-Real-Ip": "203.0.113.7",
		}},
	} {
		k := newFacade(t, facadeOptions{mode: ModeOld, old: old, trusted: test.trusted})
		k.do(t, http.MethodGet, "/api/things", http.NoBody, claims...)

		h := <-seen
		for field, want := range test.want {
			got := strings.ReplaceAll(strings.Join(h[field], "|"), strings.TrimPrefix(k.URL, "http://"), "")
			if got != want {
				t.Errorf("%s: %s is %q, want %q", name, field, got, want)
			}
		}
	}
}

// TestFacadeTrailers pass in both ways.
func TestFacadeTrailers(t *testing.T) {
	t.Parallel()

	for _, mode := range []Mode{ModeOld, ModeNew} {
		seen := make(chan string, 1)
		answers := func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			seen <- r.Trailer.Get("X-Sum")

			w.Header().Set("Trailer", "X-Said")
			_, _ = io.WriteString(w, "text")

			w.Header().Set("X-Said", "before")
			w.Header().Set(http.TrailerPrefix+"X-Unsaid", "not before")
		}
		k := newFacade(t, facadeOptions{mode: mode, old: answers, new: answers})

		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/api/things", io.MultiReader(strings.NewReader("body")))
		if err != nil {
			t.Fatal(err)
		}

		r.Trailer = http.Header{"X-Sum": {"1234"}}
		got := k.send(t, r)

		if sum := <-seen; sum != "1234" {
			t.Errorf("the side sees %q", sum)
		}

		if got.text != "text" || got.Trailer.Get("X-Said") != "before" || got.Trailer.Get("X-Unsaid") != "not before" {
			t.Errorf("got %q, %v", got.text, got.Trailer)
		}
	}
}

// TestFacadeEarlyHints go out before the answer, but for those of a side that may
// not be the one that answers.
func TestFacadeEarlyHints(t *testing.T) {
	t.Parallel()

	hints := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("X-Request-Id", "the side's")
		_, _ = io.WriteString(w, "text")
	}

	for name, test := range map[string]struct {
		facadeOptions

		want int
	}{
		"old":               {facadeOptions{mode: ModeOld, old: hints}, 1},
		"new":               {facadeOptions{mode: ModeNew, new: hints}, 1},
		"new with fallback": {facadeOptions{mode: ModeNew, fallback: true, new: hints}, 0},
	} {
		k := newFacade(t, test.facadeOptions)
		hinted := 0
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error {
			hinted++

			return nil
		}})

		r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.URL+"/api/things", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}

		r.Header.Set("X-Request-Id", "mine")

		if got := k.send(t, r); hinted != test.want || got.text != "text" || strings.Join(got.Header["X-Request-Id"], "|") != "mine" {
			t.Errorf("%s: %d hints, %q, %v", name, hinted, got.text, got.Header)
		}
	}
}

// TestFacadeRedirects are the client's to follow, and do not tell where sides are.
func TestFacadeRedirects(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeNew, new: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", strings.ReplaceAll(r.URL.Query().Get("to"), "HERE", "http://"+r.Host))
		w.WriteHeader(http.StatusFound)
	}})

	for to, want := range map[string]string{
		"HERE/things/8?a=b%23c": "/api/things/8?a=b#c", "/things/8": "/api/things/8", "https://elsewhere.example/x": "https://elsewhere.example/x",
	} {
		got := k.do(t, http.MethodGet, "/api/things?to="+to, http.NoBody)
		if got.StatusCode != http.StatusFound || got.Header.Get("Location") != want {
			t.Errorf("got %d to %s, want %s", got.StatusCode, got.Header.Get("Location"), want)
		}
	}

	k.wantAsked(t, 3, 0)
}

// TestFacadeRefusals are problems that tell nothing of what is behind.
func TestFacadeRefusals(t *testing.T) {
	t.Parallel()

	gone := func(t *testing.T) string {
		t.Helper()

		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}

		_ = listener.Close()

		return "http://" + listener.Addr().String()
	}

	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Else it would not hear of its client's leaving.

		<-r.Context().Done()
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	hint := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)

		panic(http.ErrAbortHandler)
	}

	for name, test := range map[string]struct {
		facadeOptions

		method, target string
		headers        []string
		away           bool
		body           string
		status         int
		title          string
	}{
		"no route":           {target: "/api/others", status: 404, title: "Not Found"},
		"the root":           {target: "/", status: 404, title: "Not Found"},
		"no key":             {facadeOptions: facadeOptions{find: func(*http.Request) (way, error) { return way{}, errNeedsKey }}, method: http.MethodPost, status: 400, title: "Idempotency key is missing"},
		"a web socket":       {headers: []string{"Connection", "Upgrade", "Upgrade", "websocket"}, status: 501, title: "Not Implemented"},
		"one in capitals":    {headers: []string{"Connection", "Upgrade", "Upgrade", "WebSocket"}, status: 501, title: "Not Implemented"},
		"it hints and cuts":  {facadeOptions: facadeOptions{mode: ModeOld, old: hint}, status: 502, title: "Bad Gateway"},
		"another's state":    {facadeOptions: facadeOptions{mode: ModeNew}, method: http.MethodPut, headers: []string{"If-Match", `"1"`}, status: 412, title: "Precondition Failed"},
		"it is away":         {facadeOptions: facadeOptions{mode: ModeNew}, away: true, status: 503, title: "Service Unavailable"},
		"it breaks off":      {facadeOptions: facadeOptions{mode: ModeOld, old: cut}, status: 502, title: "Bad Gateway"},
		"it hangs":           {facadeOptions: facadeOptions{mode: ModeOld, old: hang, budget: 50e6}, status: 504, title: "Gateway Timeout"},
		"it hangs on write":  {facadeOptions: facadeOptions{mode: ModeNew, new: hang, budget: 50e6}, method: http.MethodPost, status: 504, title: "Gateway Timeout"},
		"it hangs on a body": {facadeOptions: facadeOptions{mode: ModeNew, new: hang, budget: 50e6}, method: http.MethodPost, body: "body", status: 504, title: "Gateway Timeout"},
		"too long":           {target: "/api/things/" + strings.Repeat("x", 9000), status: 414, title: "Request URI Too Long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			k := newFacade(t, test.facadeOptions)
			if test.away {
				k.bases = []string{gone(t)}
			}

			if test.target == "" {
				test.target = "/api/things/7"
			}

			got := k.do(t, test.method, test.target, strings.NewReader(test.body), append(test.headers, "X-Request-Id", "mine")...)
			if got.StatusCode != test.status || got.Header.Get("Content-Type") != problem.ContentType || got.Header.Get("X-Request-Id") != "mine" ||
				!strings.Contains(got.text, `"title":"`+test.title+`"`) || !strings.Contains(got.text, `"request_id":"mine"`) {
				t.Errorf("got %d, %s, %v", got.StatusCode, got.text, got.Header)
			}

			if strings.Contains(got.text, "127.0.0.1") || strings.Contains(got.text, "dial") {
				t.Errorf("it tells too much: %s", got.text)
			}

			if after := got.Header.Get("Retry-After"); (after != "") != (test.status == 503) {
				t.Errorf("Retry-After is %q", after)
			}
		})
	}
}

// TestFacadeLoop ends where a facade is its own old system.
func TestFacadeLoop(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeOld})
	k.transport.old = k.URL

	if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.StatusCode != http.StatusLoopDetected {
		t.Errorf("got %d, %s", got.StatusCode, got.text)
	}
}

// TestFacadeClientLeaves ends what is asked for it.
func TestFacadeClientLeaves(t *testing.T) {
	t.Parallel()

	for _, mode := range []Mode{ModeOld, ModeNew} {
		for _, fallback := range []bool{false, true} {
			for _, begun := range []bool{false, true} {
				ended := make(chan struct{})
				asked := make(chan struct{})
				hang := func(w http.ResponseWriter, r *http.Request) {
					if begun {
						w.Header().Set("Content-Type", "text/event-stream")
						_ = http.NewResponseController(w).Flush()
					}

					close(asked)
					<-r.Context().Done()
					close(ended)
				}
				k := newFacade(t, facadeOptions{mode: mode, fallback: fallback, old: hang, new: hang})
				ctx, leave := context.WithCancel(t.Context())

				go func() {
					<-asked
					leave()
				}()

				r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.URL+"/api/things", http.NoBody)
				if err != nil {
					t.Fatal(err)
				}

				if response, err := k.plain().RoundTrip(r); err == nil {
					_, _ = io.Copy(io.Discard, bufio.NewReader(response.Body))
					_ = response.Body.Close()
				}

				<-ended

				if k.asked[New].Load()+k.asked[Old].Load() != 1 {
					t.Errorf("%s: both sides were asked", mode)
				}
			}
		}
	}
}
