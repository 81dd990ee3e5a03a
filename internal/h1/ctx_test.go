package h1_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/h1"
)

// TestContextEnds a call wherever it is, at once, and its connection with it.
func TestContextEnds(t *testing.T) {
	t.Parallel()

	errLeft := errors.New("everybody left")

	for where, sent := range map[string]string{
		"before the answer": "",
		"in the status":     "HTTP/1.1 2",
		"in the header":     "HTTP/1.1 200 OK\r\nContent-",
		"in the body":       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
		"in a long body":    "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + strings.Repeat("x", 100_000),
		"in a chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
		"until the end":     "HTTP/1.1 200 OK\r\n\r\nhel",
		"announced":         "HTTP/1.1 103 Early Hints\r\n\r\n",
	} {
		for _, reused := range []bool{false, true} {
			for how, test := range map[string]struct {
				end  func(ctx context.Context) (context.Context, context.CancelFunc)
				want error
			}{
				"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
					return context.WithTimeout(ctx, 20*ms)
				}, context.DeadlineExceeded},
				"cancel": {func(ctx context.Context) (context.Context, context.CancelFunc) {
					ctx, cancel := context.WithCancel(ctx)
					time.AfterFunc(20*ms, cancel)

					return ctx, cancel
				}, context.Canceled},
				"cause before the deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
					ctx, cancel := context.WithCancelCause(ctx)
					time.AfterFunc(20*ms, func() { cancel(errLeft) })

					return context.WithTimeout(ctx, time.Hour)
				}, errLeft},
			} {
				t.Run(fmt.Sprintf("%s/reused %t/%s", where, reused, how), func(t *testing.T) {
					t.Parallel()

					gone := make(chan string, 2)
					s := serve(t, func(p *peer) {
						if reused && p.n == 1 {
							p.request()
							p.send(hello)
						}

						if p.n > 1 {
							always(hello)(p)

							return
						}

						p.request()
						p.send(sent)
						gone <- p.request()
					})
					c := newClient(t, s, h1.Options{MaxConns: 1})

					if reused {
						mustGet(t, c, "/", "hello")
					}

					start := time.Now()

					ctx, cancel := test.end(t.Context())
					defer cancel()

					if _, err := get(ctx, c, "/"); !errors.Is(err, test.want) {
						t.Errorf("error %v, want %v", err, test.want)
					}

					if d := time.Since(start); d < 19*ms || d > 5*time.Second {
						t.Errorf("it took %s", d)
					}

					if r := <-gone; r != "" {
						t.Errorf("the connection was used again: %q", r)
					}

					mustGet(t, c, "/", "hello")
				})
			}
		}
	}
}

// TestContextThatHasEnded starts nothing.
func TestContextThatHasEnded(t *testing.T) {
	t.Parallel()

	s := serve(t, always(hello))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	if _, err := get(ctx, newClient(t, s, h1.Options{}), "/"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}

	if n := s.conns.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestContextEndsDialing gives the place back too.
func TestContextEndsDialing(t *testing.T) {
	t.Parallel()

	c := h1.New("shop.test:80", "shop.test", h1.Options{MaxConns: 1, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()

		return nil, errors.New("symptom")
	}})

	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), ms)
		defer cancel()

		if _, err := get(ctx, c, "/"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	}

	if n := c.Places(); n != 0 {
		t.Errorf("%d places are taken", n)
	}
}

// echo answers with what the path asks for: its number, and as many bytes more as
// it says.
func echo(p *peer) {
	for r := p.request(); r != ""; r = p.request() {
		path := strings.Fields(r)[1]
		_, size, _ := strings.Cut(path[1:], "/")
		n, _ := strconv.Atoi(size)
		body := path + strings.Repeat("x", n)

		if n%2 == 0 {
			p.send("HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n")
			p.send(body)
		} else {
			p.send(fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body))
		}
	}
}

// TestNobodyGetsAnothersAnswer, nor is ended by another's end, while calls are
// canceled at every moment there is: most of all just when their answer has come.
func TestNobodyGetsAnothersAnswer(t *testing.T) {
	t.Parallel()

	const (
		callers = 16
		calls   = 400
	)

	c := newClient(t, serve(t, echo), h1.Options{MaxConns: callers / 2, MaxIdle: callers / 4})
	patient, hasty := 0, 0

	var (
		all sync.WaitGroup
		mu  sync.Mutex
	)

	for caller := range callers {
		all.Go(func() {
			var a h1.Answer

			for i := range calls {
				size := rand.IntN(3) * rand.IntN(40_000) //nolint:gosec // Any will do.
				path := fmt.Sprintf("/%d-%d/%d", caller, i, size)

				ctx, cancel := context.WithCancel(context.Background())
				if hurried := i%2 == 0; hurried {
					time.AfterFunc(time.Duration(rand.IntN(800))*time.Microsecond, cancel) //nolint:gosec // As above.
				}

				err := c.Get(ctx, path, nil, maxBody, &a)
				canceled := ctx.Err() != nil

				cancel()

				if err != nil && (!canceled || !errors.Is(err, context.Canceled)) {
					t.Errorf("%s: %v", path, err)
				}

				if err == nil && (!bytes.HasPrefix(a.Body, []byte(path)) || len(a.Body) != len(path)+size) {
					t.Errorf("%s got %d bytes of another answer", path, len(a.Body))
				}

				mu.Lock()
				if err == nil {
					patient++
				} else {
					hasty++
				}
				mu.Unlock()
			}
		})
	}

	all.Wait()

	if patient < callers*calls/2 || hasty == 0 {
		t.Errorf("%d calls were answered and %d canceled", patient, hasty)
	}

	if n := c.Places(); n != c.Idle() {
		t.Errorf("%d places are taken, %d connections idle", n, c.Idle())
	}
}
