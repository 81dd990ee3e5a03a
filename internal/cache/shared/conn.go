package shared

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"storefront/internal/cache"
)

// conn is a connection to the server for reading, where nobody may have to wait
// behind a long answer that is written, and one for all else.
type conn struct {
	reads, work rueidis.Client
	scripts     scripts

	once   sync.Once
	broken chan struct{}
	err    error // why, once broken is closed
}

// fail has the connection given up.
func (c *conn) fail(err error) {
	c.once.Do(func() {
		c.err = err
		close(c.broken)
	})
}

const (
	dialTimeout = time.Second
	ioTimeout   = time.Second
	// silence is after how much of it the server is asked whether it is there.
	silence = 2 * time.Second
	// aWhile is for how long a connection has to last for the next one to be
	// tried at once.
	aWhile = 5 * time.Second
)

// connect connects to the server; the connection ends with ctx.
func connect(ctx context.Context, u *url.URL) (*conn, error) {
	const (
		ringScale = 8        // 256 places
		buffer    = 32 << 10 // The library's usual half a megabyte is for other loads.
	)

	option := rueidis.ClientOption{
		InitAddress: []string{address(u)}, ForceSingleClient: true, PipelineMultiplex: -1,
		ClientName: "storefront", Username: u.User.Username(),
		Dialer: net.Dialer{Timeout: dialTimeout, KeepAlive: silence}, ConnWriteTimeout: ioTimeout,
		RingScaleEachConn: ringScale, ReadBufferEachConn: buffer, WriteBufferEachConn: buffer,
		DisableCache: true, DisableRetry: true,
		AlwaysPipelining: true, // Else a reading that is given up closes the connection.
		DialCtxFn: func(dialing context.Context, addr string, dialer *net.Dialer, config *tls.Config) (net.Conn, error) {
			return dial(ctx, dialing, addr, dialer, config)
		},
	}
	option.Password, _ = u.User.Password()
	option.SelectDB, _ = strconv.Atoi(database(u)) // A number, as the setting is checked.

	if u.Scheme == "rediss" || u.Scheme == "valkeys" {
		option.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname()}
	}

	c := &conn{scripts: newScripts(), broken: make(chan struct{})}

	var err error
	if c.reads, err = rueidis.NewClient(option); err == nil {
		c.work, err = rueidis.NewClient(option)
	}

	if err != nil {
		c.close()

		return nil, err //nolint:wrapcheck // It says enough.
	}

	return c, nil
}

// dial connects; the connection is closed when living ends, so that no silent
// server holds up who ends it.
func dial(living, dialing context.Context, addr string, dialer *net.Dialer, config *tls.Config) (conn net.Conn, err error) {
	if err = living.Err(); err != nil {
		return nil, err //nolint:wrapcheck // It is over.
	}

	if config != nil {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(dialing, "tcp", addr)
	} else {
		conn, err = dialer.DialContext(dialing, "tcp", addr)
	}

	if err != nil {
		return nil, err //nolint:wrapcheck // It says enough.
	}

	context.AfterFunc(living, func() { _ = conn.Close() }) // There is nothing to be done about it.

	return conn, nil
}

func (c *conn) close() {
	for _, client := range []rueidis.Client{c.reads, c.work} {
		if client != nil {
			client.Close()
		}
	}
}

// hold holds a connection until ctx ends.
func (l *Level) hold(ctx context.Context) {
	const first, most = 50 * time.Millisecond, 2 * time.Second

	for delay, told := first, false; ctx.Err() == nil; delay = min(2*delay, most) { //nolint:mnd // Twice as long each time.
		lasted, err := l.session(ctx)
		if ctx.Err() != nil {
			return
		}

		if lasted {
			delay, told = first, false
		}

		if !told {
			told = true

			l.options.Log.WarnContext(ctx, "no shared cache", slog.String("address", address(l.options.URL)), slog.Any("error", err))
		}

		select {
		case <-time.After(jittered(delay)):
		case <-ctx.Done():
		}
	}
}

// jittered is half to one and a half of d, so that replicas do not come all at
// once.
func jittered(d time.Duration) time.Duration {
	return d/2 + rand.N(d) //nolint:gosec // Nobody gains by guessing it.
}

// session connects, and holds the connection as long as it lasts; lasted is true
// where that was a while.
func (l *Level) session(ctx context.Context) (lasted bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	c, err := connect(ctx, l.options.URL)
	if err != nil {
		return false, err
	}

	var listening sync.WaitGroup
	defer listening.Wait()
	defer c.close()
	defer cancel()

	subscribed := make(chan struct{})
	listening.Go(func() { c.fail(l.listen(ctx, c, subscribed)) })

	select {
	case <-subscribed:
	case <-c.broken:
		return false, c.err
	case <-time.After(ioTimeout):
		return false, errSilent
	}

	if err = l.settle(ctx, c); err != nil {
		return false, err
	}

	l.pause.works()
	l.conn.Store(c)

	since := time.Now()

	defer l.conn.Store(nil)

	// One that was added meanwhile saw no connection.
	if err = l.settle(ctx, c); err != nil {
		return false, err
	}

	l.options.Log.InfoContext(ctx, "shared cache", slog.String("address", address(l.options.URL)))

	<-c.broken

	return time.Since(since) > aWhile, c.err
}

var errSilent = errors.New("the server says nothing")

// listen hears of purges until the connection ends.
func (l *Level) listen(ctx context.Context, c *conn, subscribed chan<- struct{}) error {
	var once sync.Once

	ctx = rueidis.WithOnSubscriptionHook(ctx, func(rueidis.PubSubSubscription) { once.Do(func() { close(subscribed) }) })

	err := c.work.Receive(ctx, c.work.B().Subscribe().Channel(l.names.channel).Build(), func(m rueidis.PubSubMessage) { l.hear(m.Message) })
	if err == nil {
		err = errSilent
	}

	return err
}

// settle carries out what is owed. Purges of others may have been missed until
// now, so all that is kept in this process goes.
func (l *Level) settle(ctx context.Context, c *conn) error {
	ctx, cancel := context.WithTimeout(ctx, purgeTimeout)
	defer cancel()

	if err := c.start(ctx, l.names); err != nil {
		return err
	}

	if err := l.pay(ctx, c); err != nil {
		return err
	}

	if l.conn.Load() == nil {
		l.purges(outcomeMissed)
		l.options.Purged(cache.Purge{})
	}

	return nil
}
