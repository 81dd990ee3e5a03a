// Package load puts an HTTP server under load and takes the time of each answer.
// It knows nothing of what is asked for.
//
// The generator is a closed loop: each connection sends its next request when it
// has the answer to the last one. With a rate it is an open loop: requests are
// due at times fixed in advance, whether or not earlier ones have been answered,
// and the time of each counts from when it was due, so that a server that stalls
// cannot hide it by being asked less. It speaks HTTP/1.1 on its own connections,
// one goroutine each, since net/http's client would cost as much processor time
// as most servers under test.
package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"storefront/bench/internal/stat"
)

// Limits of a [Plan].
const (
	MaxConnections = 1024
	MaxRequests    = 10_000_000
)

var errPlan = errors.New("a plan needs 1 to 1024 connections and 1 to 10,000,000 requests, at a rate that is not negative")

// Call is one request.
type Call struct {
	Method, Path string
	// Header are lines such as "Accept-Encoding: gzip"; Host and Content-Length
	// are added.
	Header []string
	Body   string
}

// Answer is what came back. Header and body are valid until the check of it
// returns.
type Answer struct {
	Status int
	Header Header
	Body   []byte
	// Due is when the request was due: when it was sent, in a closed loop.
	Due time.Time
	// Took is the time from then to the last byte of the answer.
	Took time.Duration
}

// Plan is what is to be sent to whom.
type Plan struct {
	// Addr is the server's host:port.
	Addr string
	// Connections are opened at the start; each carries one request at a time.
	Connections int
	// Requests are sent in all.
	Requests int
	// For is how long new requests are sent, where there are enough of them; 0
	// is without an end.
	For time.Duration
	// LeadIn is how much of the beginning is not counted in the times.
	LeadIn time.Duration
	// Rate is how many requests are due in a second, evenly spread; 0 is a
	// closed loop.
	Rate float64
	// Stagger is the time between the first requests of two connections, so
	// that they do not march in step when every answer takes equally long.
	Stagger time.Duration
	// Call is the nth request, counted from 0. It is called concurrently.
	Call func(n int) Call
	// Check refuses a wrong answer to the nth request, which ends the run. It is
	// called concurrently, outside of the time that is taken.
	Check func(n int, a Answer) error
	// Lost, where it is set, is told of a request that got no answer, in place of
	// the run's end; the next one is sent on a new connection. It is called
	// concurrently.
	Lost func(n int, due time.Time, err error)
}

// Result is what a run showed.
type Result struct {
	// Times are how long each answer took from the first byte of the request, or
	// from when it was due, to the last of the answer, shortest first.
	Times []time.Duration
	// Requests are how many were answered, the lead-in included.
	Requests int
	// Bytes are the bodies as they came.
	Bytes int64
	// Took is the whole run.
	Took time.Duration
}

// PerSecond is how many requests were answered in a second.
func (r *Result) PerSecond() float64 { return float64(r.Requests) / r.Took.Seconds() }

// Percentile is the time that p percent of all answers kept to.
func (r *Result) Percentile(p float64) time.Duration { return stat.Percentile(r.Times, p) }

func (p *Plan) check() error {
	if p.Connections < 1 || p.Connections > MaxConnections || p.Requests < 1 || p.Requests > MaxRequests || !(p.Rate >= 0) {
		return errPlan
	}

	return nil
}

// Run carries out a plan. The error is the first one that any connection met.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if err := p.check(); err != nil {
		return nil, err
	}

	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)

	var (
		workers = make([]worker, p.Connections)
		all     sync.WaitGroup
		dialled sync.WaitGroup
		start   = make(chan struct{})
		begin   time.Time
		turns   turns
	)

	dialled.Add(p.Connections)

	for i := range workers {
		all.Go(func() {
			c, err := dial(ctx, p.Addr)
			dialled.Done()

			if err != nil {
				fail(err)

				return
			}
			defer c.close()

			<-start

			if err = workers[i].run(ctx, &p, c, turns, time.Duration(i)*p.Stagger, begin); err != nil {
				fail(err)
			}
		})
	}

	// The time counts once all connections are open.
	dialled.Wait()

	begin, turns = time.Now(), p.turns(ctx)
	close(start)

	all.Wait()

	if ctx.Err() != nil {
		return nil, fmt.Errorf("load: %w", context.Cause(ctx))
	}

	return sum(workers, time.Since(begin)), nil
}

func sum(workers []worker, took time.Duration) *Result {
	result := &Result{Took: took}
	for _, w := range workers {
		result.Times = append(result.Times, w.times...)
		result.Requests += w.requests
		result.Bytes += w.bytes
	}

	slices.Sort(result.Times)

	return result
}

// worker is one connection's share of a run.
type worker struct {
	times    []time.Duration
	requests int
	bytes    int64
}

func (w *worker) run(ctx context.Context, p *Plan, c *conn, turns turns, wait time.Duration, begin time.Time) error {
	if !pause(ctx, wait) {
		return nil // The run has failed elsewhere.
	}

	for ctx.Err() == nil {
		n, due, more := turns()
		if !more {
			break
		}

		call := p.Call(n)

		answer, err := c.do(call)
		if err != nil && p.Lost != nil {
			if err = c.replace(ctx, func() { p.Lost(n, due, err) }); err == nil {
				continue
			}
		}

		if err != nil {
			return fmt.Errorf("%s %s: %w", call.Method, call.Path, err)
		}

		answer.Due, answer.Took = due, time.Since(due)
		if due.Sub(begin) >= p.LeadIn {
			w.times = append(w.times, answer.Took)
		}

		w.requests++
		w.bytes += int64(len(answer.Body))

		if err = p.Check(n, answer); err != nil {
			return fmt.Errorf("%s %s: %w", call.Method, call.Path, err)
		}
	}

	return nil
}

// pause waits, and reports whether ctx still stands.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()

	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Once sends a single request to addr and hands the answer to check.
func Once(ctx context.Context, addr string, call Call, check func(Answer) error) error {
	_, err := Run(ctx, Plan{
		Addr: addr, Connections: 1, Requests: 1,
		Call:  func(int) Call { return call },
		Check: func(_ int, a Answer) error { return check(a) },
	})

	return err
}
