package shared

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"storefront/internal/cache"
)

const (
	// writeTimeout bounds one writing; nobody waits for it.
	writeTimeout = time.Second
	// maxTags bounds what one answer adds to the indexes of tags.
	maxTags = 256
	// perAnswer is about what a job takes beside its body.
	perAnswer = 512
)

// job is something to be written: an answer, or without one what is to be
// dropped, or the state.
type job struct {
	key    string
	answer *cache.Answer
	mark   cache.Mark
	start  bool
}

func (j job) size() int64 {
	if j.answer == nil {
		return perAnswer
	}

	return int64(len(j.answer.Body) + perAnswer)
}

// Put has an answer kept, soon.
func (l *Level) Put(key string, answer *cache.Answer, mark cache.Mark) {
	if mark == (cache.Mark{}) || len(answer.Tags) > maxTags || answer.Keep < time.Millisecond || !l.enqueue(job{key: key, answer: answer, mark: mark}) {
		l.writes(outcomeDropped)
	}
}

// Drop has what is kept forgotten, soon.
func (l *Level) Drop(keys ...string) {
	for _, key := range keys {
		l.enqueue(job{key: key})
	}
}

// enqueue hands a job to the writers; false where there is no room.
func (l *Level) enqueue(j job) bool {
	if l.conn.Load() == nil {
		return false
	}

	if l.queued.Add(j.size()) > maxQueued {
		l.queued.Add(-j.size())

		return false
	}

	select {
	case l.jobs <- j:
		return true
	default:
		l.queued.Add(-j.size())

		return false
	}
}

// write does what is to be written until ctx ends.
func (l *Level) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-l.jobs:
			l.queued.Add(-j.size())
			l.do(ctx, j)
		}
	}
}

func (l *Level) do(ctx context.Context, j job) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()

	c := l.conn.Load()

	switch {
	case c == nil:
		if j.answer != nil {
			l.writes(outcomeDropped)
		}
	case j.start:
		_ = c.start(ctx, l.names) // It is tried again where it is missed again.
	case j.answer == nil:
		_ = c.work.Do(ctx, c.work.B().Unlink().Key(l.names.answer(j.key)).Build()).Error() // What is broken stays a miss.
	default:
		l.writes(c.store(ctx, l.names, j))
	}
}

func (c *conn) start(ctx context.Context, n names) error {
	return c.scripts.start.Exec(ctx, c.work, []string{n.state()}, nil).Error() //nolint:wrapcheck // It says enough.
}

// store keeps an answer and returns what became of it.
func (c *conn) store(ctx context.Context, n names, j job) (outcome string) {
	text, err := sealed(j.key, j.answer, j.mark)
	if err != nil {
		return outcomeError
	}

	at := n.answer(j.key)

	keys := []string{n.state(), at, n.purgedAnswer(at)}
	for _, tag := range j.answer.Tags {
		keys = append(keys, n.purgedTag(tag), n.tagged(tag))
	}

	stored, err := c.scripts.store.Exec(ctx, c.work, keys, []string{
		strconv.FormatInt(j.mark.Purges, 10), rueidis.BinaryString(text), strconv.FormatInt(j.answer.Keep.Milliseconds(), 10),
	}).AsInt64()

	switch {
	case err != nil:
		return outcomeError
	case stored == 0:
		return outcomeRefused
	default:
		return outcomeStored
	}
}
