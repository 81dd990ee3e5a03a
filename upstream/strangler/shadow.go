package strangler

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"storefront/upstream/strangler/compare"
)

// Bounds of shadow requests beside those of the file.
const (
	// What may wait for its turn.
	maxWaiting      = 512
	maxWaitingBytes = 16 << 20 // of old bodies, with what is being kept of those that have not ended
	// clientsFirst is how long a comparison waits at least: the client whose answer
	// it is about has got the whole page by then, and no processor is taken from it.
	clientsFirst = 25 * time.Millisecond
	// maxWait is how old an answer of the old side may be when the new side is
	// asked: what has changed since is no difference.
	maxWait = 2 * time.Second
	// maxLook is how long the new side may take.
	maxLook = 5 * time.Second
)

// comparison is an answer of the old side that the new one's is to be held
// against. Its body is not changed by anybody.
type comparison struct {
	route  *route
	target string // of the new side
	// pattern is that of the target: it can be told where the target, which may
	// hold a user's id, cannot.
	pattern string
	id      string // of the request
	old     Reply
	peek    func(ctx context.Context, ask Ask) (Reply, error)

	offered time.Time
}

// shadows ask new sides beside old ones, off the clients' time and within
// bounds. There is a goroutine for each question under way and none for what
// waits.
type shadows struct {
	ctx   context.Context //nolint:containedctx // It is the life of the shadows, which no caller has.
	end   context.CancelFunc
	group sync.WaitGroup
	log   *slog.Logger
	pause time.Duration // before a comparison

	mu         sync.Mutex
	closed     bool
	concurrent int // the most of running
	running    int
	tokens     tokens
	// waiting is a ring: count of them, the oldest at first.
	waiting      []comparison
	first, count int
	bytes        int // of those that wait, and of what is held
}

func newShadows() *shadows {
	s := &shadows{log: slog.New(slog.DiscardHandler), pause: clientsFirst}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.bound(Bounds{})

	return s
}

// logTo has what goes wrong here be logged. It is called before the first offer.
func (s *shadows) logTo(log *slog.Logger) *shadows {
	s.log = log

	return s
}

// bound sets how much may be asked of new sides. What runs goes on.
func (s *shadows) bound(b Bounds) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.concurrent = usualConcurrent
	if b.MaxConcurrent > 0 {
		s.concurrent = b.MaxConcurrent
	}

	perSecond := usualPerSecond
	if b.MaxPerSecond > 0 {
		perSecond = b.MaxPerSecond
	}

	s.tokens.bound(perSecond, time.Now())
}

// offer has an answer be compared, unless there is too much to do or nothing that
// can be compared. It never waits: a client does.
func (s *shadows) offer(c comparison) {
	c.offered = time.Now()

	if !tellsSomething(c.old) || !s.take(c) {
		c.route.differences.came(cameSkipped)
	}
}

// hold takes room for bytes of an answer that is kept while it is passed on, and
// reports whether there is any.
func (s *shadows) hold(bytes int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.bytes+bytes > maxWaitingBytes {
		return false
	}

	s.bytes += bytes

	return true
}

// release gives it back.
func (s *shadows) release(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.bytes -= bytes
}

// take puts a comparison among those that wait, or reports that it does not fit.
func (s *shadows) take(c comparison) bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	switch {
	case s.closed, s.count == maxWaiting, s.bytes+len(c.old.Body) > maxWaitingBytes:
		return false
	case !s.tokens.take(c.offered):
		return false
	}

	if s.waiting == nil {
		s.waiting = make([]comparison, maxWaiting)
	}

	s.waiting[(s.first+s.count)%maxWaiting] = c
	s.count++
	s.bytes += len(c.old.Body)

	if s.running < s.concurrent {
		s.running++
		s.group.Go(s.work)
	}

	return true
}

// work does what waits, and ends when nothing does.
func (s *shadows) work() {
	for {
		c, early, found := s.next()

		switch {
		case !found:
			return
		case early > 0:
			s.sleep(early)
		default:
			s.settle(c)
		}
	}
}

// sleep ends early when all does.
func (s *shadows) sleep(pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()

	select {
	case <-timer.C:
	case <-s.ctx.Done():
	}
}

// next takes the oldest comparison that waits, or says how much too early it is
// for that one. Where there is none, or too many are at work, whoever asks is
// done.
func (s *shadows) next() (c comparison, early time.Duration, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.count == 0 || s.running > s.concurrent {
		s.running--

		return comparison{}, 0, false
	}

	if early = s.pause - time.Since(s.waiting[s.first].offered); early > 0 && s.ctx.Err() == nil {
		return comparison{}, early, true
	}

	c, s.waiting[s.first] = s.waiting[s.first], comparison{}
	s.first = (s.first + 1) % maxWaiting
	s.count--
	s.bytes -= len(c.old.Body)

	return c, 0, true
}

// close ends what runs, and waits for it. What waits is not compared.
func (s *shadows) close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()

	s.end()
	s.group.Wait()

	return nil
}

// tellsSomething reports whether an answer of the old side says anything that another
// can be held against: a failure does not, nor a part, nor one without a body of
// its own.
func tellsSomething(old Reply) bool {
	switch {
	case old.Status < http.StatusOK, old.Status == http.StatusPartialContent, failed(old, nil):
		return false
	case old.Status >= http.StatusMultipleChoices && old.Status < http.StatusBadRequest:
		return false
	default:
		return len(old.Body) <= compare.MaxBody && isReadable(old.Encoding)
	}
}
