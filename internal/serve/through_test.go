package serve_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/serve"
)

// isThrough has a pipe pass on what is others'.
func isThrough(o *serve.Options) { o.Through = true }

// TestThroughLeavesAnswersAlone: they go out as the handler made them.
func TestThroughLeavesAnswersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		text := `{"a":"` + strings.Repeat("x", 10_000) + `"}`
		p := newPipe(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != r.Header.Get("X-Method") {
				t.Errorf("the handler sees %s", r.Method)
			}

			h := w.Header()
			h["X-Request-Id"] = append(h["X-Request-Id"], "another's") // As a proxy does.
			h.Set("Content-Length", "10008")
			says("application/json", text)(w, r)
		}, isThrough)
		client := p.server(t).client(t)

		for _, method := range []string{http.MethodGet, http.MethodHead, "BREW"} {
			r := request(t, method, "http://test/", http.NoBody)
			r.Header.Set("Accept-Encoding", "br")
			r.Header.Set("X-Request-Id", "mine")
			r.Header.Set("X-Method", method)

			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}

			got := read(t, response)
			wantHeaders(t, got, map[string]string{
				"Content-Length": "10008", "Content-Encoding": "", "Server-Timing": "", "X-Content-Type-Options": "", "Vary": "", "X-Request-Id": "mine",
			})

			if whole := method != http.MethodHead; (got.text == text) != whole || !whole && got.text != "" {
				t.Errorf("%s: %d bytes came", method, len(got.text))
			}
		}
	})
}

// TestThroughHints go out at once, and take nothing of what the pipe says along.
func TestThroughHints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			clear(w.Header()) // As a proxy does.
			w.WriteHeader(http.StatusAccepted)
			w.WriteHeader(http.StatusOK)
		}, isThrough, func(o *serve.Options) { o.Draining = func() bool { return true } })

		r := request(t, http.MethodGet, "http://test/", http.NoBody)
		r.Header.Set("X-Request-Id", "mine")

		response, err := p.server(t).client(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}

		got := read(t, response)
		if got.status != http.StatusAccepted || got.header.Get("X-Request-Id") != "mine" || !got.last {
			t.Errorf("got %+v", got)
		}
	})
}

// TestThroughTakesItsTime: an answer may come for hours, and a body likewise, if
// it comes.
func TestThroughTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pieces, pause = 100, 25 * time.Second

		p := newPipe(func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			if err != nil || r.Method == http.MethodPost && n != pieces {
				t.Errorf("%d bytes came, %v", n, err)
			}

			_, _ = r.Body.Read(make([]byte, 1)) // As some do once more.

			for range pieces {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()

				select {
				case <-time.After(pause):
				case <-r.Context().Done():
					t.Error("it was ended")
				}
			}
		}, isThrough)
		client := p.server(t).client(t)

		for _, method := range []string{http.MethodGet, http.MethodPost} {
			var body io.Reader = http.NoBody
			if method == http.MethodPost {
				body = trickle(pieces, pause)
			}

			if got := do(t, client, method, "http://test/", body); len(got.text) != pieces {
				t.Errorf("%s: %d bytes came", method, len(got.text))
			}
		}
	})
}

// trickle is a body that comes byte by byte.
func trickle(pieces int, pause time.Duration) io.Reader {
	in, out := io.Pipe()

	go func() {
		for range pieces {
			time.Sleep(pause)

			_, _ = io.WriteString(out, "x")
		}

		_ = out.Close()
	}()

	return in
}

// TestThroughStandsStill ends a body that does not come any more, and an answer
// that nobody reads.
func TestThroughStandsStill(t *testing.T) {
	t.Parallel()

	t.Run("body", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var (
				took   time.Duration
				reason error
			)

			p := newPipe(func(w http.ResponseWriter, r *http.Request) {
				start := time.Now()
				_, reason = io.Copy(io.Discard, r.Body)
				took = time.Since(start)

				w.WriteHeader(http.StatusRequestTimeout)
			}, isThrough)

			conn, err := p.server(t).dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}

			defer func() { _ = conn.Close() }()

			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nabc")

			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}

			_ = response.Body.Close()

			if response.StatusCode != http.StatusRequestTimeout || !errors.Is(reason, os.ErrDeadlineExceeded) || took != 30*time.Second {
				t.Errorf("got %d after %v, %v", response.StatusCode, took, reason)
			}
		})
	})

	t.Run("answer", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ended := make(chan time.Duration, 1)
			p := newPipe(func(w http.ResponseWriter, r *http.Request) {
				start := time.Now()

				for r.Context().Err() == nil {
					if _, err := w.Write(make([]byte, 64<<10)); err != nil {
						break
					}
				}

				ended <- time.Since(start)
			}, isThrough)

			conn, err := p.server(t).dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}

			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: test\r\n\r\n")

			if took := <-ended; took <= 0 || took > time.Minute {
				t.Errorf("it took %v", took)
			}

			_ = conn.Close()
		})
	})
}

// TestThroughDuplex: an answer may begin while the body comes.
func TestThroughDuplex(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(w http.ResponseWriter, r *http.Request) {
			lines := bufio.NewReader(r.Body)

			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}

				_, _ = io.WriteString(w, line)
				_ = http.NewResponseController(w).Flush()
			}
		}, isThrough)
		in, out := io.Pipe()

		go func() { _, _ = io.WriteString(out, "one\n") }()

		response, err := p.server(t).client(t).Do(request(t, http.MethodPost, "http://test/", in))
		if err != nil {
			t.Fatal(err)
		}

		lines := bufio.NewReader(response.Body)

		for _, want := range []string{"one\n", "two\n", "three\n"} {
			if line, err := lines.ReadString('\n'); line != want || err != nil {
				t.Errorf("got %q, %v", line, err)
			}

			switch want {
			case "one\n":
				_, _ = io.WriteString(out, "two\n")
			case "two\n":
				_, _ = io.WriteString(out, "three\n")
			}
		}

		_ = out.Close()
		_ = response.Body.Close()
	})
}

// TestThroughClaims are dropped, but for those of trusted proxies; what makes
// another request of this one is, whoever says it.
func TestThroughClaims(t *testing.T) {
	t.Parallel()

	claims := []string{
		"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Whatever", "X-Forwarded",
		"X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "X-Original-Forwarded-For",
	}
	overrides := []string{
		"X-Original-Url", "X-Original-Uri", "X-Original-Host", "X-Rewrite-Url", "X-Http-Method", "X-Http-Method-Override", "X-Method-Override", "Proxy",
		"X_forwarded_for", "Content_length", "Authorization_",
	}

	for name, test := range map[string]struct {
		trusted []netip.Prefix
		want    string
	}{
		"nobody":   {nil, ""},
		"others":   {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, ""},
		"who asks": {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "said"}, // See httptest.
	} {
		p := newPipe(func(_ http.ResponseWriter, r *http.Request) {
			for _, claim := range claims {
				if got := r.Header.Get(claim); got != test.want {
					t.Errorf("%s: %s is %q", name, claim, got)
				}
			}

			for _, name := range overrides {
				if got := r.Header.Get(name); got != "" {
					t.Errorf("%s is %q", name, got)
				}
			}

			if r.Header.Get("X-Other") != "said" {
				t.Errorf("%s: the rest is lost", name)
			}
		}, isThrough, func(o *serve.Options) { o.Trusted = test.trusted })

		headers := []string{"X-Other", "said"}
		for _, name := range append(claims, overrides...) {
			headers = append(headers, name, "said")
		}

		p.ask(t, http.MethodGet, "/", headers...)
	}
}

// TestThroughPanics are one clean error where there is still time for it.
func TestThroughPanics(t *testing.T) {
	t.Parallel()

	p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Half", "said")
		panic("oh no")
	}, isThrough)
	answer := p.ask(t, http.MethodGet, "/", "X-Request-Id", "mine")
	wantHeaders(t, answer, map[string]string{"X-Half": "", "X-Request-Id": "mine", "Content-Type": "application/problem+json"})

	if answer.status != http.StatusInternalServerError {
		t.Errorf("got %d", answer.status)
	}

	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()

			panic("oh no")
		}, isThrough)

		response, err := p.server(t).client(t).Do(request(t, http.MethodGet, "http://test/", http.NoBody))
		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = response.Body.Close() }()

		if text, err := io.ReadAll(response.Body); err == nil {
			t.Errorf("it ends well: %q", text)
		}
	})
}

// TestThroughClientLeaves before it has an answer.
func TestThroughClientLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan struct{})
		p := newPipe(func(_ http.ResponseWriter, r *http.Request) {
			close(asked)
			<-r.Context().Done()
		}, isThrough)
		client := p.server(t).client(t)

		ctx, leave := context.WithCancel(t.Context())

		go func() {
			<-asked
			leave()
		}()

		if response, err := client.Do(request(t, http.MethodGet, "http://test/", http.NoBody).WithContext(ctx)); err == nil {
			_ = response.Body.Close()

			t.Error("there is an answer")
		}

		synctest.Wait()

		if got := p.event(t)["status"]; got != 499.0 {
			t.Errorf("logged is %v", got)
		}
	})
}

// TestThroughRefuses what is too long, and who asks too often.
func TestThroughRefuses(t *testing.T) {
	t.Parallel()

	p := newPipe(says("text/plain", "text"), isThrough, func(o *serve.Options) {
		o.Limited = []string{"/"}
		o.Protection = serve.NewProtection(*o, serve.Rate{PerSecond: 1, Burst: 1})
	})

	if got := p.ask(t, http.MethodGet, "/"+strings.Repeat("x", 9000)); got.status != http.StatusRequestURITooLong {
		t.Errorf("got %d", got.status)
	}

	if got := p.ask(t, http.MethodGet, "/"); got.status != http.StatusOK || got.header.Get("Ratelimit") == "" {
		t.Errorf("got %d, %v", got.status, got.header)
	}

	if got := p.ask(t, http.MethodGet, "/"); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("got %d", got.status)
	}
}

// TestSpareServer is left out where it cannot listen, and an ordinary one ends the
// start.
func TestSpareServer(t *testing.T) {
	t.Parallel()

	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = taken.Close() }()

	two := func(spare bool) serve.Build {
		return func(_ context.Context, app *serve.App) error {
			app.Add(server("test", says("text/plain", "hello")))

			second := server("second", says("text/plain", "hello"))
			second.Addr, second.Spare = taken.Addr().String(), spare
			app.Add(second)

			return nil
		}
	}

	r := start(t, two(true), usual()...)
	r.want(r.urls["test"]+"/", http.StatusOK, "hello")

	if r.urls["second"] != "" || strings.Contains(r.out.String(), "second") {
		t.Errorf("it is said to be there: %v, %s", r.urls, r.out)
	}

	if !strings.Contains(r.err.String(), `"server":"second"`) {
		t.Errorf("nobody is told: %s", r.err)
	}

	r.stop()
	r.wantEnd(serve.ExitOK)

	r = begin(t, two(false), nil, usual()...)
	r.wantEnd(serve.ExitFailure)

	free := func(_ context.Context, app *serve.App) error {
		second := server("second", says("text/plain", "hello"))
		second.Spare = true
		app.Add(second)

		return nil
	}
	r = start(t, free, usual()...)
	r.want(r.urls["second"]+"/", http.StatusOK, "hello")
}
