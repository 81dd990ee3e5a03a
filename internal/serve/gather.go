package serve

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"
)

// maxGathered is the longest body that is sent in one piece with its header:
// copying more costs more than a second system call.
const maxGathered = 64 << 10

var gathered = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // A pool is shared by nature.

// gatherer sends an answer of known length in one piece. net/http writes what
// goes through its buffer of 4 KiB, which makes two system calls of most pages.
// It belongs to one connection, whose answers come one after the other; but a
// server that is closed closes its connections whatever they are at.
type gatherer struct {
	body int // bytes of the body that is expected; 0 is none

	mu    sync.Mutex // guards what follows, also while it is sent
	need  int        // bytes of the whole answer, once its header is known
	piece *bytes.Buffer
}

// expect announces an answer with a body of so many bytes.
func (g *gatherer) expect(body int) {
	if body <= maxGathered {
		g.body = body
	}
}

// write sends p to conn, or holds it until the answer is complete; taken is
// false where no answer is gathered.
func (g *gatherer) write(conn net.Conn, p []byte) (n int, taken bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()

	if g.piece == nil {
		if g.body == 0 {
			return 0, false, nil
		}

		header := bytes.Index(p, []byte("\r\n\r\n"))
		g.need = header + len("\r\n\r\n") + g.body
		g.body = 0

		if header < 0 || len(p) >= g.need {
			n, err = conn.Write(p)

			return n, true, err //nolint:wrapcheck // A connection passes on what it wraps.
		}

		g.piece, _ = gathered.Get().(*bytes.Buffer)
	}

	_, _ = g.piece.Write(p) // A buffer never fails.

	if g.piece.Len() < g.need {
		return len(p), true, nil
	}

	return len(p), true, g.flush(conn)
}

// flush sends what is held. The caller holds mu.
func (g *gatherer) flush(conn net.Conn) error {
	if g.piece == nil {
		return nil
	}

	_, err := conn.Write(g.piece.Bytes())

	g.piece.Reset()
	gathered.Put(g.piece)
	g.piece = nil

	return err //nolint:wrapcheck // A connection passes on what it wraps.
}

// end sends what is held of an answer that has broken off, unless it is being
// sent: a connection must be closed at once, whoever is at it.
func (g *gatherer) end(conn net.Conn) {
	const patience = 100 * time.Millisecond

	if !g.mu.TryLock() {
		return
	}

	defer g.mu.Unlock()

	if g.piece != nil {
		_ = conn.SetWriteDeadline(time.Now().Add(patience)) // The connection ends one way or the other.
		_ = g.flush(conn)                                   // Likewise.
	}
}

type connKey struct{}

// withConn is the server's ConnContext hook: requests know their connection.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// gathererOf returns that of the connection that a request came on, or nil.
func gathererOf(ctx context.Context) *gatherer {
	if conn := connOf(ctx); conn != nil {
		return &conn.gatherer
	}

	return nil
}

// connOf returns the connection that a request came on, or nil.
func connOf(ctx context.Context) *refusalConn {
	conn, _ := ctx.Value(connKey{}).(*refusalConn)

	return conn
}
