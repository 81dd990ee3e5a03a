package shared

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"storefront/internal/cache"
)

// patient is how long an answer of the server has to be waited for in vain for
// it to count as a failure: callers may have less time than a good server takes.
const patient = 5 * time.Millisecond

// Find returns what is kept for each of the keys, in one round trip.
func (l *Level) Find(ctx context.Context, keys ...string) ([]*cache.Answer, cache.Mark) {
	c := l.conn.Load()
	if c == nil || l.owed.len() > 0 {
		l.reads(outcomeSkipped)

		return nil, cache.Mark{}
	}

	select {
	case l.permits <- struct{}{}:
		defer func() { <-l.permits }()
	default:
		l.reads(outcomeSkipped)

		return nil, cache.Mark{}
	}

	if !l.pause.open() {
		l.reads(outcomeSkipped)

		return nil, cache.Mark{}
	}

	start := time.Now()

	got, err := c.find(ctx, l.names, keys)
	if err != nil {
		l.failed(c, err, time.Since(start))

		return nil, cache.Mark{}
	}

	l.pause.works()

	return l.open(keys, got)
}

// failed counts a failure, and leaves the server alone for a while unless it may
// be the caller's.
func (l *Level) failed(c *conn, err error, after time.Duration) {
	l.reads(outcomeError)

	switch {
	case errors.Is(err, context.Canceled):
	case errors.Is(err, context.DeadlineExceeded):
		if after >= patient {
			l.pause.failed()
		}
	default:
		l.pause.failed()
		c.fail(err)
	}
}

// open opens what was found. What is no answer of ours is dropped.
func (l *Level) open(keys []string, got *contents) ([]*cache.Answer, cache.Mark) {
	last, floor, ok := parseState(got.state)
	if !ok {
		l.enqueue(job{start: true})
		l.reads(outcomeMiss)

		return nil, cache.Mark{}
	}

	found, outcome := make([]*cache.Answer, len(keys)), outcomeMiss

	for i, text := range got.texts {
		if text == nil {
			continue
		}

		e, ok := opened(text, keys[i], got.now)

		switch {
		case !ok:
			outcome = outcomeBroken

			l.Drop(keys[i])
		case e.Seen < floor || e.Seen > last: // All has been purged since.
		default:
			found[i], outcome = &e.Answer, outcomeHit
		}
	}

	l.reads(outcome)

	return found, cache.Mark{Purges: last, Asked: got.now}
}

// contents are what one look into the server has brought.
type contents struct {
	state string
	texts [][]byte // nil: nothing
	now   int64    // its time, in microseconds
}

func (c *conn) find(ctx context.Context, n names, keys []string) (*contents, error) {
	at := make([]string, 0, 1+len(keys))

	at = append(at, n.state())
	for _, key := range keys {
		at = append(at, n.answer(key))
	}

	results := c.reads.DoMulti(ctx, c.reads.B().Mget().Key(at...).Build(), c.reads.B().Time().Build())

	values, err := results[0].ToArray()
	if err != nil {
		return nil, err //nolint:wrapcheck // It is looked at and counted.
	}

	clock, err := results[1].AsIntSlice()
	if err != nil {
		return nil, err //nolint:wrapcheck // As above.
	}

	if len(values) != len(at) || len(clock) != 2 {
		return nil, errStrange
	}

	return read(values, clock)
}

var errStrange = errors.New("the server's answer is none to what it was asked")

func read(values []rueidis.RedisMessage, clock []int64) (*contents, error) {
	const perSecond = 1_000_000

	got := &contents{texts: make([][]byte, len(values)-1), now: clock[0]*perSecond + clock[1]}

	for i := range values {
		if values[i].IsNil() {
			continue
		}

		if i == 0 {
			state, err := values[i].ToString()
			if err != nil {
				return nil, err //nolint:wrapcheck // It is looked at and counted.
			}

			got.state = state

			continue
		}

		text, err := values[i].AsBytes()
		if err != nil {
			return nil, err //nolint:wrapcheck // As above.
		}

		got.texts[i-1] = text
	}

	return got, nil
}

// parseState reads the numbers of the last purge and of the last one of
// everything.
func parseState(text string) (last, floor int64, ok bool) {
	first, second, _ := strings.Cut(text, " ")

	last, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, 0, false
	}

	floor, err = strconv.ParseInt(second, 10, 64)

	return last, floor, err == nil
}
