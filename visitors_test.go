package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// phase is how far a test has come that kills a process under load.
type phase int32

const (
	restarting phase = iota
	killing          // it is being killed
	gone             // it is dead, and its ports are closed
)

// visitors ask for pages all the time, through a balancer. Unlike net/http's
// client they try nothing again by themselves.
type visitors struct {
	addr string

	phase    atomic.Int32
	answered atomic.Int64

	mu     sync.Mutex
	failed []failure

	group sync.WaitGroup
	stop  context.CancelFunc
}

// failure is a request that was not answered as it should be.
type failure struct {
	began, ended phase
	cause        error
}

// inFlight reports whether the request was under way when the process died.
func (f failure) inFlight() bool { return f.began < gone && f.ended >= killing }

func (f failure) String() string { return f.cause.Error() }

// visit starts visitors that keep their connection, and some that open one for
// each page, until stop.
func visit(ctx context.Context, addr string) *visitors {
	const keep, reconnect = 6, 2

	v := &visitors{addr: addr}
	ctx, v.stop = context.WithCancel(ctx)

	for n := range keep + reconnect {
		v.group.Go(func() {
			visitor := visitor{visitors: v, number: n, keep: n < keep, tags: map[string]string{}}
			visitor.run(ctx)
		})
	}

	return v
}

// end stops them all and returns what failed.
func (v *visitors) end() []failure {
	v.stop()
	v.group.Wait()

	return v.failed
}

// enter tells how far the test has come.
func (v *visitors) enter(now phase) { v.phase.Store(int32(now)) }

func (v *visitors) now() phase { return phase(v.phase.Load()) }

// visitor asks for the pages of its users in turn, at its own pace.
type visitor struct {
	*visitors

	number int
	keep   bool
	tags   map[string]string // entity tags of what it has, by user

	conn   net.Conn // nil: none is open
	reader *bufio.Reader
}

func (v *visitor) run(ctx context.Context) {
	const (
		pace  = 5 * time.Millisecond
		users = 25
	)

	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	defer v.leave()

	for n := 0; ctx.Err() == nil; n++ {
		began := v.now()

		if err := v.ask(fmt.Sprintf("u-%d-%d", v.number, n%users)); err != nil {
			v.leave()

			v.mu.Lock()
			v.failed = append(v.failed, failure{began: began, ended: v.now(), cause: err})
			v.mu.Unlock()
		} else {
			v.answered.Add(1)
		}

		<-ticker.C
	}
}

func (v *visitor) leave() {
	if v.conn != nil {
		_ = v.conn.Close() // Nothing is on its way.
	}

	v.conn = nil
}

var errAnswer = errors.New("a wrong answer")

// ask asks for the page of a user, as a browser does that has it already.
func (v *visitor) ask(user string) error {
	if err := v.connect(); err != nil {
		return err
	}

	header := ""
	if tag := v.tags[user]; tag != "" {
		header = "If-None-Match: " + tag + "\r\n"
	}

	if _, err := io.WriteString(v.conn, "GET /api/dashboard/"+user+" HTTP/1.1\r\nHost: shop.test\r\n"+header+"\r\n"); err != nil {
		return err
	}

	response, err := http.ReadResponse(v.reader, nil)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}

	body, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("half an answer: %w", err)
	}

	if response.Close || !v.keep {
		v.leave()
	}

	if response.StatusCode == http.StatusNotModified && header != "" {
		return nil
	}

	if response.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(`"Name of `+user+`"`)) || bytes.Contains(body, []byte("degraded")) {
		return fmt.Errorf("%w: %s %s", errAnswer, response.Status, strings.TrimSpace(string(body)))
	}

	v.tags[user] = response.Header.Get("Etag")

	return nil
}

func (v *visitor) connect() error {
	if v.conn != nil {
		return nil
	}

	conn, err := net.DialTimeout("tcp", v.addr, patience) //nolint:noctx // What is under way is to end.
	if err != nil {
		return err
	}

	v.conn, v.reader = conn, bufio.NewReader(conn)

	return nil
}
