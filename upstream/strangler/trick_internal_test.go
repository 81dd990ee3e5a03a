package strangler

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"
)

// raw sends bytes as they are and returns the status of the first answer; 0 for
// none.
func (k *facadeKit) raw(t *testing.T, bytes string) (status int, header http.Header) {
	t.Helper()

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(k.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = conn.Close() }()

	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))

	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Error(err)
	}

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil
	}

	_ = response.Body.Close()

	return response.StatusCode, response.Header
}

// TestTricks with the path reach neither side.
func TestTricks(t *testing.T) {
	t.Parallel()

	k := newFacade(t, facadeOptions{mode: ModeOld}) // No side may be asked: see newFacade.

	for _, target := range []string{
		"/api/things/..", "/api/things/../secret", "/api/things/./7", "/api/things/.", "/../api/things/7", "/api/../api/things/7",
		"/api/things/%2e%2e/secret", "/api/things/%2E./secret", "/api/things/.%2e", "/api/things/%2e", "/api/things/%252e%252e/secret", "/api/things/%25252e%2e/x",
		"/api/things/..;/secret", "/api/things/..;a=b/secret", "/api/things/%2e%2e;/secret", "/api/things/..%3b/secret", "/api/things/;/secret", "/api/things/..%253b/x",
		"/api/things/%20../secret", "/api/things/..%20/secret", "/api/things/..%09/secret",
		"/api/things/a%2fb", "/api/things/a%2Fb", "/api/things/a%252fb", "/api/things/a%25252Fb", "/api/things/..%2fsecret", "/api/things/%zz%2f", "/api/things/%25zz%252f",
		`/api/things/a\b`, "/api/things/a%5cb", "/api/things/a%5Cb", "/api/things/a%255cb", `/api/things/..\secret`,
		"/api/things/a%00b", "/api/things/a%2500b", "/api/things/a%0ab", "/api/things/a%0d%0ab", "/api/things/%7f", "/api/things/%1f",
		"//api/things/7", "/api//things/7", "/api/things//7", "/api/things/7//", "//evil.example/api/things/7",
		"http://evil.example/api/things/7", "http://127.0.0.1/api/things/7", "api/things/7", "*", "evil.example:80",
		"/api/things/%", "/api/things/%2", "/api/things/%g0", "/api/things/%u002e",
		"/api/things/%ff", "/api/things/%c0%ae%c0%ae/secret", "/api/things/%c0%af", "/api/things/%25ff", "/api/things/\xff",
		"/api/things/7#a", "/api/things/7?a#b", "/api/things/%2525252525252e",
		"/api/others", "/secret", "/", "/API/THINGS/7",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			status, _ := k.raw(t, method+" "+target+" HTTP/1.1\r\nHost: facade\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

			switch {
			case status == http.StatusBadRequest, status == http.StatusNotFound:
			case target == "*" && method == http.MethodOptions && status == http.StatusOK: // net/http's own answer: there is a server.
			default:
				t.Errorf("%s %q: got %d", method, target, status)
			}
		}
	}

	if status, _ := k.raw(t, "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nConnection: close\r\n\r\n"); status != http.StatusMethodNotAllowed {
		t.Errorf("CONNECT: got %d", status)
	}

	k.wantAsked(t, 0, 0)
}

// TestHonestTargets are passed on byte for byte.
func TestHonestTargets(t *testing.T) {
	t.Parallel()

	seen := make(chan string, 1)
	k := newFacade(t, facadeOptions{mode: ModeOld, old: func(_ http.ResponseWriter, r *http.Request) { seen <- r.RequestURI }})

	for _, target := range []string{
		"/api/things", "/api/things/", "/api/things?", "/api/things/7", "/api/things/a%20b", "/api/things/%C3%A9", "/api/things/100%25",
		"/api/things/...", "/api/things/.a", "/api/things/a..b", "/api/things/a;b=c", "/api/things/a:b@c!$&'()*+,=~_-", "/api/things/a%2Cb",
		"/api/things?a=../..&b=%2f&c=//&d=\\&e=%zz&f", "/api/things?a;b&&=c&a=%00", "/api/things?%",
	} {
		if status, _ := k.raw(t, "GET "+target+" HTTP/1.1\r\nHost: facade\r\nConnection: close\r\n\r\n"); status != http.StatusOK {
			t.Errorf("%q: got %d", target, status)

			continue
		}

		if got := <-seen; got != target {
			t.Errorf("%q became %q", target, got)
		}
	}
}

// TestSmuggling: what has two readings has none.
func TestSmuggling(t *testing.T) {
	t.Parallel()

	hidden := "GET /api/secret HTTP/1.1\r\nHost: facade\r\n\r\n"
	k := newFacade(t, facadeOptions{mode: ModeOld, old: func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if strings.Contains(r.RequestURI, "secret") || err == nil && r.ContentLength >= 0 && int64(len(body)) != r.ContentLength {
			t.Errorf("asked is %s with %q", r.RequestURI, body)
		}

		w.Header().Set("Connection", "close")
	}})

	for name, test := range map[string]struct {
		head, body string
		status     int
	}{
		"both lengths":             {"Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + hidden, 200}, // net/http forgets the length, and so does what is passed on.
		"two lengths":              {"Content-Length: 0\r\nContent-Length: 5", hidden, 400},
		"a length that is none":    {"Content-Length: +5", hidden, 400},
		"a negative length":        {"Content-Length: -1", hidden, 400},
		"a blank before the colon": {"Transfer-Encoding : chunked", "0\r\n\r\n" + hidden, 400},
		"an unknown coding":        {"Transfer-Encoding: xchunked", "0\r\n\r\n" + hidden, 501},
		"two codings":              {"Transfer-Encoding: gzip, chunked", "0\r\n\r\n" + hidden, 501},
		"a folded line":            {"X: a\r\n b\r\nContent-Length: 0", "", 200},
		"a bad chunk":              {"Transfer-Encoding: chunked", "5\r\nabc\r\n0\r\n\r\n" + hidden, 400},
		"a bad size":               {"Transfer-Encoding: chunked", "0x5\r\nabcde\r\n0\r\n\r\n", 400},
		"no host":                  {"X: y\r\nHost: other", "", 400},
		"fine":                     {"Transfer-Encoding: chunked", "5\r\nabcde\r\n0\r\n\r\n", 200},
	} {
		if status, _ := k.raw(t, "POST /api/things HTTP/1.1\r\nHost: facade\r\nConnection: close\r\n"+test.head+"\r\n\r\n"+test.body); status != test.status {
			t.Errorf("%s: got %d, want %d", name, status, test.status)
		}
	}
}

// FuzzFacadePath: what is passed on is what was routed, and has one reading.
func FuzzFacadePath(f *testing.F) {
	for _, target := range []string{
		"/api/things/7", "/api/things/../x", "/api/things/%2e%2e/x", "/api/things/%252e", "/api/things/a%2fb", "/api/things/..;/x", "/api/things//", "http://x/api/things", "/api/things?a=b#c",
		"/api/things/%c0%ae", "/api/things/%25zz%2500", "/api/things/100%25",
	} {
		f.Add(target)
	}

	var passed string

	transport := &Transport{}
	handler := NewFacade(transport, newLog())
	transport.find = func(r *http.Request) (way, error) {
		passed = targetOf(r.URL)

		return way{}, errNoRoute
	}

	f.Fuzz(func(t *testing.T, target string) {
		at, err := url.ParseRequestURI(target)
		if err != nil {
			return // net/http refuses it.
		}

		passed = ""
		r := &http.Request{Method: http.MethodGet, URL: at, RequestURI: target, Host: "facade", Header: http.Header{}, RemoteAddr: "127.0.0.1:1", ProtoMajor: 1, ProtoMinor: 1}
		handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(t.Context()))

		if passed == "" {
			return
		}

		to, err := behind(&url.URL{Scheme: "http", Host: "side"}, passed)
		if err != nil {
			t.Fatalf("%q: %v", passed, err)
		}

		line := to.RequestURI()
		if line != passed || !strings.HasPrefix(line, "/") {
			t.Errorf("routed is %q, asked %q", passed, line)
		}

		if _, query, _ := strings.Cut(target, "?"); to.RawQuery != query {
			t.Errorf("the query %q became %q", query, to.RawQuery)
		}

		text := to.EscapedPath()

		for range 10 { // However often a side decodes it.
			if trimmed := strings.TrimSuffix(text, "/"); trimmed != "" && path.Clean(text) != trimmed || strings.ContainsAny(text, "\\\x00\r\n") {
				t.Errorf("%q is passed on, and reads as %q", target, text)
			}

			if strings.Count(text, "/") != strings.Count(to.EscapedPath(), "/") {
				t.Errorf("%q is passed on, and has other segments as %q", target, text)
			}

			text = unescaped(text)
		}
	})
}
