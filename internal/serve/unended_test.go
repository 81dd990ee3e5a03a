package serve_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/serve"
)

// hidden is a request that stands where the rest of a body would.
const hidden = "GET /hidden HTTP/1.1\r\nHost: test\r\n\r\n"

// unended are bodies that do not end as HTTP has it, with what is wrong.
func unended() map[string]string {
	return map[string]string{
		"a size that is none":     "5\r\nabcde\r\nZZ\r\n",
		"a negative size":         "-1\r\n",
		"a size in C":             "0x5\r\nabcde\r\n0\r\n\r\n",
		"a size with a blank":     "5 5\r\nabcde\r\n0\r\n\r\n",
		"a size that overflows":   "fffffffffffffffff\r\n",
		"no line end behind data": "5\r\nabcdeXX",
		"line feeds alone":        "5\nabcde\n0\n\n",
		"a trailer that is none":  "5\r\nabcde\r\n0\r\nbad trailer\r\n\r\n",
		"a long trailer":          "0\r\nX: " + strings.Repeat("x", 9000) + "\r\n\r\n",
	}
}

// hang sends bytes over a new connection and returns all that comes back until
// the server closes it, or for a minute.
func hang(t *testing.T, network *memory, text string) (got string, closed bool) {
	t.Helper()

	conn, err := network.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = conn.Close() }()

	go func() { _, _ = io.WriteString(conn, text) }()

	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	all, err := io.ReadAll(conn)

	return string(all), err == nil
}

// answersIn counts the answers in what has come over a connection.
func answersIn(text string) int { return strings.Count(text, "HTTP/1.") }

// TestUnendedBodies: behind a body that does not end as it should nothing is read
// for a request, whatever its handler does with it.
func TestUnendedBodies(t *testing.T) {
	t.Parallel()

	handlers := map[string]http.HandlerFunc{
		"read": func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				w.WriteHeader(http.StatusBadRequest)
			}
		},
		"unread":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"unanswered": func(http.ResponseWriter, *http.Request) {},
		"early": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.Copy(w, r.Body)
		},
		"a piece": func(w http.ResponseWriter, r *http.Request) {
			_, _ = r.Body.Read(make([]byte, 1))
			_ = r.Body.Close()

			w.WriteHeader(http.StatusBadGateway)
		},
	}

	for pipeName, options := range map[string][]func(*serve.Options){
		"through": {isThrough}, "whole": {func(o *serve.Options) { o.MaxBody = 1000 }},
	} {
		for handled, handler := range handlers {
			bodies := unended()
			if pipeName == "through" { // net/http lets it pass.
				bodies["a trailer with a blank"] = "0\r\nX : 1\r\n\r\n"
			}

			for name, body := range bodies {
				t.Run(pipeName+"/"+handled+"/"+name, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						var asked atomic.Int64

						p := newPipe(func(w http.ResponseWriter, r *http.Request) {
							if asked.Add(1); r.URL.Path == "/hidden" {
								t.Error("a part of the body is taken for a request")
							}

							handler(w, r)
						}, options...)

						got, closed := hang(t, p.server(t), "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"+body+hidden)
						if answersIn(got) != 1 || !closed || asked.Load() != 1 {
							t.Errorf("closed: %t, asked %d times, got %q", closed, asked.Load(), got)
						}

						if !strings.Contains(got, "\r\nConnection: close\r\n") {
							t.Errorf("the client is not told: %q", got)
						}
					})
				})
			}
		}
	}
}

// TestUnendedLater: an answer that is out before its request's body has gone
// wrong, or has come at all, is the last one of its connection.
func TestUnendedLater(t *testing.T) {
	t.Parallel()

	for name, rest := range map[string]string{
		"wrong": "ZZ\r\n" + hidden, "right": "0\r\n\r\n" + hidden, "a request in its place": hidden, "never": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int64

				p := newPipe(func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)

					_, _ = r.Body.Read(make([]byte, 10))
					_, _ = io.WriteString(w, "so far")
					_ = http.NewResponseController(w).Flush()
				}, isThrough)
				conn := connect(t, p.server(t))

				go func() {
					_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
					time.Sleep(100 * ms)

					_, _ = io.WriteString(conn, rest)
				}()

				if whole, last := wantLast(t, conn); whole != "so far" || !last || asked.Load() != 1 {
					t.Errorf("got %q, asked %d times", whole, asked.Load())
				}
			})
		})
	}
}

// wantLast reads an answer and waits until the connection is closed behind it,
// for five seconds.
func wantLast(t *testing.T, conn net.Conn) (text string, last bool) {
	t.Helper()

	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	in := bufio.NewReader(conn)

	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}

	answer := read(t, response)

	rest, err := io.ReadAll(in)
	if err != nil || len(rest) > 0 {
		t.Errorf("behind the answer there is %q, %v", rest, err)
	}

	return answer.text, answer.last
}

// TestStalledBody: what comes after its time is up is no request and has no
// answer.
func TestStalledBody(t *testing.T) {
	t.Parallel()

	for name, head := range map[string]string{"chunked": "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", "of a length": "Content-Length: 50\r\n\r\nabcde"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int64

				p := newPipe(func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)

					if _, err := io.Copy(io.Discard, r.Body); err != nil {
						w.WriteHeader(http.StatusRequestTimeout)
					}
				}, isThrough)
				conn, sent := connect(t, p.server(t)), make(chan struct{})

				go func() {
					_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: test\r\n"+head)
					time.Sleep(30*time.Second + ms)

					_, _ = io.WriteString(conn, "5\r\nabcde\r\n0\r\n\r\n"+hidden)

					close(sent)
				}()

				_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
				got, err := io.ReadAll(conn)
				<-sent

				if err != nil || answersIn(string(got)) != 1 || !strings.Contains(string(got), " 408 ") || asked.Load() != 1 {
					t.Errorf("asked %d times, got %q, %v", asked.Load(), got, err)
				}
			})
		})
	}
}

// TestEndedBodies leave their connection to the next request, also where nobody
// has read them.
func TestEndedBodies(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		head   string
		unread bool
	}{
		"of a length":         {head: "Content-Length: 5\r\n\r\nabcde"},
		"chunked":             {head: "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nabcde\r\n0\r\nX: y\r\n\r\n"},
		"none":                {head: "\r\n"},
		"unread, of a length": {head: "Content-Length: 5\r\n\r\nabcde", unread: true},
		"unread, chunked":     {head: "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", unread: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipe(func(w http.ResponseWriter, r *http.Request) {
					if !test.unread {
						_, _ = io.Copy(io.Discard, r.Body)
					}

					if r.URL.Path == "/hidden" {
						_, _ = io.WriteString(w, "the next one")
					}
				}, isThrough)

				got, _ := hang(t, p.server(t), "POST / HTTP/1.1\r\nHost: test\r\n"+test.head+hidden)
				if answersIn(got) != 2 || !strings.HasSuffix(got, "the next one") || strings.Contains(got, "close") {
					t.Errorf("got %q", got)
				}
			})
		})
	}
}

// TestUnreadBodies that are long, or do not come, are not waited for.
func TestUnreadBodies(t *testing.T) {
	t.Parallel()

	for name, head := range map[string]string{
		"too long": "Content-Length: 1000000000\r\n\r\nabc", "late": "Content-Length: 10\r\n\r\nabc", "late chunks": "Transfer-Encoding: chunked\r\n\r\n",
		"nobody has asked for it": "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipe(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, isThrough)
				conn := connect(t, p.server(t))

				go func() { _, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: test\r\n"+head) }()

				if _, last := wantLast(t, conn); !last {
					t.Error("the client is not told")
				}
			})
		})
	}
}
