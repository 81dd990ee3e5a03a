package strangler

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// speak sends bytes as they are, and returns all that comes back until the facade
// closes the connection; closed is false where it does not within two seconds.
func (k *facadeKit) speak(t *testing.T, bytes string) (got string, closed bool) {
	t.Helper()

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(k.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = conn.Close() }()

	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))

	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Error(err)
	}

	all, err := io.ReadAll(conn)

	return string(all), err == nil
}

// TestBodyIsNoRequest: what stands behind a body that goes wrong reaches no side,
// in whatever mode and whatever the side does.
func TestBodyIsNoRequest(t *testing.T) {
	t.Parallel()

	const hidden = "GET /api/things/hidden HTTP/1.1\r\nHost: facade\r\n\r\n"

	sides := map[string]http.HandlerFunc{
		"reads":      func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
		"never does": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) },
		"is early": func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).EnableFullDuplex()

			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.Copy(w, r.Body)
		},
	}
	bodies := map[string]string{
		"ZZ": "5\r\nabcde\r\nZZ\r\n", "-1": "-1\r\n", "overflow": "fffffffffffffffff\r\n", "no CRLF": "5\r\nabcdeXX", "0x5": "0x5\r\nabcde\r\n0\r\n\r\n",
		"LF": "5\nabcde\n0\n\n", "trailer": "5\r\nabcde\r\n0\r\nbad trailer\r\n\r\n", "blank": "5\r\nabcde\r\n0\r\nX : 1\r\n\r\n",
	}

	for _, mode := range []Mode{ModeOld, ModeNew} {
		for does, side := range sides {
			seen := func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.RequestURI, "hidden") {
					t.Errorf("%s: a part of the body has reached a side", does)
				}

				side(w, r)
			}
			k := newFacade(t, facadeOptions{mode: mode, old: seen, new: seen})

			for name, body := range bodies {
				for _, target := range []string{"/api/things/1", "/nowhere", "/api/things/../1"} {
					got, closed := k.speak(t, "POST "+target+" HTTP/1.1\r\nHost: facade\r\nTransfer-Encoding: chunked\r\n\r\n"+body+hidden)
					if !closed || strings.Count(got, "HTTP/1.1 ") > 1 {
						t.Errorf("%s, %s, %s: closed: %t, got %q", does, name, target, closed, got)
					}
				}
			}
		}
	}
}

// TestOldHTTP: in HTTP/1.0 a body has a length or there is none, and net/http hides
// that its client had another idea. Such a connection carries one request.
func TestOldHTTP(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeOld, old: func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", fmt.Sprintf("%s %q", r.Method, body))
	}})

	for name, test := range map[string]struct{ text, want, status string }{
		"no length":               {"POST /api/things HTTP/1.0\r\n\r\n", "problem", " 411 "},
		"chunked":                 {"PUT /api/things HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "", " 411 "},
		"a length":                {"PATCH /api/things HTTP/1.0\r\nContent-Length: 5\r\n\r\nabcde", `PATCH "abcde"`, " 200 "},
		"no bytes":                {"POST /api/things HTTP/1.0\r\nContent-Length: 0\r\n\r\n", `POST ""`, " 200 "},
		"both":                    {"POST /api/things HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabGET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST \"5\\r\\nab\"", " 200 "},
		"no body":                 {"GET /api/things HTTP/1.0\r\n\r\n", `GET ""`, " 200 "},
		"a body of GET":           {"GET /api/things HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", `GET ""`, " 200 "},
		"no length in a new HTTP": {"POST /api/things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", `POST ""`, " 200 "},
	} {
		got, closed := k.speak(t, test.text)
		if !closed || strings.Count(got, "\r\nDate: ") != 1 || !strings.Contains(got, test.want) || !strings.Contains(got[:min(len(got), 20)], test.status) {
			t.Errorf("%s: closed: %t, got %q", name, closed, got)
		}
	}
}

// TestEquivalentPaths: an escape that need not be one changes nothing, nor how it
// is spelled: such a path goes where all go, and is passed on as all are.
func TestEquivalentPaths(t *testing.T) {
	t.Parallel()

	seen := make(chan string, 1)
	k := newFacade(t, facadeOptions{mode: ModeNew, new: func(_ http.ResponseWriter, r *http.Request) { seen <- r.RequestURI }})

	for target, want := range map[string]string{
		"/api/th%69ngs/1": "/things/1", "/%61pi/things/1": "/things/1", "/api/%74%68%69%6E%67%73/%7e%2D%5f%41%7A%39": "/things/~-_Az9", "/api/things/a%2eb%2E": "/things/a.b.",
		"/api/things/%3a%c3%A9%2B": "/things/%3A%C3%A9%2B", "/api/things/a%20b?q=%61%3a": "/things/a%20b?q=%61%3a", "/api/things?": "/things?",
	} {
		status, _ := k.raw(t, "GET "+target+" HTTP/1.1\r\nHost: facade\r\nConnection: close\r\n\r\n")
		if status != http.StatusOK {
			t.Errorf("%q: got %d", target, status)

			continue
		}

		if got := <-seen; got != want {
			t.Errorf("%q became %q, want %q", target, got, want)
		}
	}
}

// TestNoGuessedType: what a side has not said of its answer nobody says.
func TestNoGuessedType(t *testing.T) {
	t.Parallel()

	for _, text := range []string{"{}", "<html><script>1</script></html>", "\x00\x01", ""} {
		says := func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, text)
		}
		k := newFacade(t, facadeOptions{mode: ModePercent, fallback: true, old: says, new: says})

		if got := k.do(t, http.MethodGet, "/api/things", http.NoBody); got.Header["Content-Type"] != nil || got.text != text {
			t.Errorf("%q came as %v", got.text, got.Header)
		}
	}
}

// TestFacadeTrailerRules: a trailer may say no more than a header may, and nothing
// that has to be known before the body.
func TestFacadeTrailerRules(t *testing.T) {
	t.Parallel()

	dropped := []string{
		"X-Forwarded-For", "X-Real-Ip", "Forwarded", "X-Http-Method-Override", "X-Original-Url", "X_user", "Authorization", "Cookie", "Host", "Content-Type", "If-Match",
		"Connection", "X-Request-Id", "Via", "Te", "Set-Cookie", "Location", "Etag", "Last-Modified", "Link", "Alt-Svc", "Cache-Control", "Vary", "Cdn-Cache-Control", "Www-Authenticate",
	}

	for _, declared := range []bool{true, false} {
		seen := make(chan http.Header, 1)
		answers := func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			seen <- r.Trailer

			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)

				return
			}

			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"+trailing(declared, dropped)+"\r\n")
			_ = conn.Close()
		}
		k := newFacade(t, facadeOptions{mode: ModeNew, new: answers})

		got, _ := k.speak(t, "POST /api/things HTTP/1.1\r\nHost: facade\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"+trailing(declared, dropped)+"\r\n")

		response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), nil)
		if err != nil {
			t.Fatal(err)
		}

		if text, err := io.ReadAll(response.Body); string(text) != "abc" || err != nil {
			t.Errorf("got %q, %v", text, err)
		}

		_ = response.Body.Close()

		for who, trailer := range map[string]http.Header{"side": <-seen, "client": response.Trailer} {
			if trailer.Get("X-Sum") != "1" || len(trailer) != 1 {
				t.Errorf("declared: %t: the %s gets %v", declared, who, trailer)
			}
		}
	}
}

// trailing is the end of a header, and a body with these trailers and X-Sum.
func trailing(declared bool, names []string) string {
	var head, tail strings.Builder

	head.WriteString("Trailer: X-Sum\r\n")

	for _, name := range names {
		if declared {
			head.WriteString("Trailer: " + name + "\r\n")
		}

		tail.WriteString(name + ": said\r\n")
	}

	return head.String() + "\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n" + tail.String()
}

// TestFacadeHops: what is between the facade and a side is named as such.
func TestFacadeHops(t *testing.T) {
	t.Parallel()

	seen := make(chan http.Header, 1)
	k := newFacade(t, facadeOptions{mode: ModeOld, old: func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }})

	for said, want := range map[string][2]string{"trailers": {"trailers", "TE"}, "deflate": {"", ""}, "": {"", ""}} {
		k.do(t, http.MethodGet, "/api/things", http.NoBody, "Te", said, "Connection", "TE")

		if h := <-seen; h.Get("TE") != want[0] || h.Get("Connection") != want[1] {
			t.Errorf("%q: the side gets %v", said, h)
		}
	}

	if got, _ := k.speak(t, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n"); !strings.Contains(got, "\r\nAllow: GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE\r\n") {
		t.Errorf("CONNECT: got %q", got)
	}
}
