package shared

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"storefront/internal/cache"
)

// purgeTimeout bounds one purge; an operator waits for it.
const purgeTimeout = 2 * time.Second

// Purge forgets what is kept here and tells the other replicas, now or as soon
// as the server can be reached. Until then this replica finds nothing.
func (l *Level) Purge(ctx context.Context, which cache.Purge) error {
	l.owed.add(which)

	// An operator who leaves does not take the purge along.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), purgeTimeout)
	defer cancel()

	c := l.conn.Load()
	if c == nil {
		l.purges(outcomeOwed)

		return errLater
	}

	if err := l.pay(ctx, c); err != nil {
		l.purges(outcomeOwed)
		l.options.Log.WarnContext(ctx, "the shared cache was not purged yet", slog.Any("error", err))
		c.fail(err)

		return errLater
	}

	return nil
}

// pay carries out the purges that are owed.
func (l *Level) pay(ctx context.Context, c *conn) error {
	l.paying.Lock()
	defer l.paying.Unlock()

	for {
		which, found := l.owed.first()
		if !found {
			return nil
		}

		if err := l.send(ctx, c, which); err != nil {
			return err
		}

		l.owed.paid()
		l.purges(outcomeSent)
	}
}

// message tells the other replicas of a purge.
type message struct {
	From string `json:"from"`
	cache.Purge
}

func (l *Level) send(ctx context.Context, c *conn, which cache.Purge) error {
	text, err := json.Marshal(message{From: l.origin, Purge: which})
	if err != nil {
		return err //nolint:wrapcheck // It cannot be.
	}

	kind, keys := "all", []string{l.names.state()}

	switch {
	case which.Key != "":
		kind = "key"

		for _, key := range l.options.KeysOf(which.Key) {
			at := l.names.answer(key)
			keys = append(keys, l.names.purgedAnswer(at), at)
		}
	case which.Tag != "":
		kind, keys = "tag", append(keys, l.names.purgedTag(which.Tag), l.names.tagged(which.Tag))
	}

	return c.scripts.purge.Exec(ctx, c.work, keys, []string{ //nolint:wrapcheck // It says enough.
		kind, l.names.channel, string(text), strconv.FormatInt(stamped.Milliseconds(), 10),
	}).Error()
}

// hear takes note of a purge; our own has been carried out here already.
func (l *Level) hear(text string) {
	var m message

	switch err := json.Unmarshal([]byte(text), &m); {
	case err != nil: // Whatever it was about.
		m = message{}
	case m.From == l.origin:
		return
	}

	l.purges(outcomeHeard)
	l.options.Purged(m.Purge)
}
