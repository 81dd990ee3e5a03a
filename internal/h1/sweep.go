package h1

import (
	"slices"
	"time"
)

// sweep closes the connections that were idle for too long. It comes again while
// there are others, just when the first of them is due, so that nobody has to
// look at the clock before using one.
func (p *pool) sweep() {
	for _, c := range p.expire(time.Now()) {
		_ = c.Close() // Nothing can be done about it.
	}
}

func (p *pool) expire(now time.Time) (expired []*conn) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.sweeper = nil

	for i, c := range p.idle { // the one that is idle for longest comes first
		if left := p.idleTimeout - now.Sub(c.idleSince); left > 0 {
			p.sweeper = time.AfterFunc(left, p.sweep)

			return p.drop(i)
		}
	}

	return p.drop(len(p.idle))
}

// close lets no connection be idle, now or later.
func (p *pool) close() {
	for _, c := range p.shut() {
		_ = c.Close() // Nothing can be done about it.
	}
}

func (p *pool) shut() (idle []*conn) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.closed = true

	if p.sweeper != nil {
		p.sweeper.Stop()
		p.sweeper = nil
	}

	return p.drop(len(p.idle))
}

// drop takes the first n connections out, with their places. Where one is idle
// nobody waits for a place. The caller holds mu, and closes them without it.
func (p *pool) drop(n int) (dropped []*conn) {
	dropped = slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.places -= n

	return dropped
}
