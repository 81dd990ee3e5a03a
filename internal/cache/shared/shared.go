// Package shared is the second level of the caches: answers of services as they
// were sent, in one Redis or Valkey for all replicas, and the purges that reach
// all of them.
//
// It is a help and never a need. While the server cannot be reached, or is slow,
// nothing is found and nothing kept, and nobody waits for it. It does not know
// what answers mean; docs/adr/0015-second-level-in-redis.md says what is kept where.
package shared

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"storefront/internal/cache"

	"storefront/internal/telemetry"
)

// Level is a second level in a server that replicas share. It is safe for
// concurrent use.
type Level struct {
	options Options
	names   names
	origin  string // of our purges, so that we know them when they come back

	conn    atomic.Pointer[conn] // nil: the server cannot be reached now
	permits chan struct{}        // one for each reading
	pause   pause
	owed    owed
	paying  sync.Mutex

	jobs   chan job
	queued atomic.Int64 // bytes in jobs

	reads, writes, purges func(outcome string)

	end  context.CancelFunc
	done sync.WaitGroup
}

var _ cache.Shared = (*Level)(nil)

// Options are what a level needs to know.
type Options struct {
	// URL is where the server is: redis, rediss or valkey, with user info and
	// the number of a database where need be.
	URL *url.URL
	// KeysOf are the keys here of what the replicas keep under key.
	KeysOf func(key string) []string
	// Purged is told what was purged by another replica; everything, where that
	// is not known. It must not purge this level.
	Purged  func(cache.Purge)
	Log     *slog.Logger
	Metrics *telemetry.Metrics
}

// errLater says that a purge could not be carried out yet.
var errLater = errors.New("the shared cache cannot be reached; it is purged as soon as it can be, and not used until then")

const (
	// maxReads is how many readings may be under way: fewer than the client's
	// ring has places, since waiting for one of these is without end.
	maxReads = 128
	// maxJobs and maxQueued bound what waits to be written.
	maxJobs   = 1024
	maxQueued = 16 << 20
	writers   = 4
)

// Open returns a level that connects to its server in the background, and again
// whenever the connection is lost, until it is closed; it does not end with ctx.
func Open(ctx context.Context, o Options) *Level {
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))

	l := &Level{
		options: o, names: newNames(o.URL), origin: rand.Text(), end: end,
		permits: make(chan struct{}, maxReads), jobs: make(chan job, maxJobs),
	}
	l.measure(o.Metrics)

	l.done.Go(func() { l.hold(ctx) })

	for range writers {
		l.done.Go(func() { l.write(ctx) })
	}

	return l
}

// Close ends the level. What is not written yet is lost, and purges that could
// not be carried out are an error.
func (l *Level) Close() error {
	l.end()
	l.done.Wait()

	if n := l.owed.len(); n > 0 {
		l.options.Log.Error("purges of the shared cache were lost: purge again", slog.Int("purges", n))
	}

	return nil
}

// Summary is how the level stands, for operators.
type Summary struct {
	// Address is host and port of the server.
	Address   string `json:"address"`
	Connected bool   `json:"connected"`
	// Owed is how many purges are still to be carried out.
	Owed int `json:"purges_owed"`
}

// Summary returns how the level stands.
func (l *Level) Summary() Summary {
	return Summary{Address: address(l.options.URL), Connected: l.conn.Load() != nil, Owed: l.owed.len()}
}

// The outcomes that are counted.
const (
	outcomeHit     = "hit"
	outcomeMiss    = "miss"
	outcomeError   = "error"
	outcomeSkipped = "skipped" // the server is left alone
	outcomeBroken  = "broken"  // what was there is no answer of ours
	outcomeStored  = "stored"
	outcomeRefused = "refused" // purged while it was made
	outcomeDropped = "dropped" // too much, too many, or nowhere to put it
	outcomeSent    = "sent"
	outcomeOwed    = "owed"
	outcomeHeard   = "heard"
	outcomeMissed  = "missed" // all is purged, since purges may not have been heard
)

func (l *Level) measure(m *telemetry.Metrics) {
	l.reads = m.Outcomes("shared_cache_reads_total", "Looks into the shared cache, by outcome.",
		outcomeHit, outcomeMiss, outcomeError, outcomeSkipped, outcomeBroken)
	l.writes = m.Outcomes("shared_cache_writes_total", "Answers for the shared cache, by outcome.",
		outcomeStored, outcomeRefused, outcomeError, outcomeDropped)
	l.purges = m.Outcomes("shared_cache_purges_total", "Purges told to other replicas and heard from them, by outcome.",
		outcomeSent, outcomeOwed, outcomeHeard, outcomeMissed)
}

// pause leaves what fails alone for a while; then one may try it.
type pause struct{ until atomic.Int64 } // Unix nanoseconds; 0: it works

// open reports whether it may be tried now.
func (p *pause) open() bool {
	until := p.until.Load()
	if until == 0 {
		return true
	}

	now := time.Now()

	return now.UnixNano() >= until && p.until.CompareAndSwap(until, later(now))
}

func (p *pause) works() {
	if p.until.Load() != 0 {
		p.until.Store(0)
	}
}

func (p *pause) failed() { p.until.Store(later(time.Now())) }

func later(now time.Time) int64 {
	const usual = time.Second

	return now.Add(jittered(usual)).UnixNano()
}
