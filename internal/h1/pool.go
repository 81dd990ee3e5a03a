package h1

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// pool is the connections of one client: places, some of them with a connection
// that nobody uses.
type pool struct {
	maxConns, maxIdle int // 0 is no bound
	idleTimeout       time.Duration

	mu      sync.Mutex
	places  int       // taken, by idle connections too
	idle    []*conn   // the one used last comes last, and is taken first
	waiting list.List // of chan *conn, longest first; only while no place is left
	sweeper *time.Timer
	closed  bool
}

func newPool(maxConns, maxIdle int, idleTimeout time.Duration) *pool {
	return &pool{maxConns: maxConns, maxIdle: maxIdle, idleTimeout: idleTimeout}
}

// take returns a connection that was used before, or nil and a place for a new
// one.
func (p *pool) take(ctx context.Context) (*conn, error) {
	c, queue := p.tryTake()
	if queue == nil {
		return c, nil
	}

	return p.wait(ctx, queue)
}

// tryTake returns a connection, or nil and a place, or else a place in the queue.
func (p *pool) tryTake() (c *conn, queue *list.Element) {
	p.mu.Lock()
	defer p.mu.Unlock()

	if n := len(p.idle) - 1; n >= 0 {
		c, p.idle[n] = p.idle[n], nil
		p.idle = p.idle[:n]

		return c, nil
	}

	if p.maxConns > 0 && p.places >= p.maxConns {
		return nil, p.waiting.PushBack(make(chan *conn, 1))
	}

	p.places++

	return nil, nil
}

// wait returns what it is this caller's turn for.
func (p *pool) wait(ctx context.Context, queue *list.Element) (*conn, error) {
	turn, _ := queue.Value.(chan *conn)

	select {
	case c := <-turn:
		return c, nil
	case <-ctx.Done():
	}

	p.mu.Lock()
	p.waiting.Remove(queue) // of no effect if it was its turn by now
	p.mu.Unlock()

	select {
	case c := <-turn: // Too late for this caller; the next one will be glad.
		if c == nil {
			p.leave()
		} else {
			p.put(c, true)
		}
	default:
	}

	return nil, ctx.Err() //nolint:wrapcheck // It gets its words where the call ends.
}

// put gives a connection back, to be kept or closed.
func (p *pool) put(c *conn, keep bool) {
	if keep && p.keep(c) {
		return
	}

	_ = c.Close() // Nothing can be done about it.

	p.leave()
}

// keep hands a connection to the one who waits longest, or lets it be idle, if
// there is room.
func (p *pool) keep(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	if p.closed || p.maxIdle > 0 && len(p.idle) >= p.maxIdle && p.waiting.Len() == 0 {
		return false
	}

	c.used = true

	if p.turn(c) {
		return true
	}

	c.idleSince = time.Now()
	p.idle = append(p.idle, c)

	if p.sweeper == nil {
		p.sweeper = time.AfterFunc(p.idleTimeout, p.sweep)
	}

	return true
}

// leave gives a place back.
func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()

	if !p.turn(nil) {
		p.places--
	}
}

// turn hands over to the one who waits longest, if anyone does. The caller holds
// mu.
func (p *pool) turn(c *conn) bool {
	first := p.waiting.Front()
	if first == nil {
		return false
	}

	turn, _ := p.waiting.Remove(first).(chan *conn)
	turn <- c

	return true
}
