package stub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// errUnknown is a request of a kind that the stub does not read.
var errUnknown = errors.New("not a GET request in HTTP/1.1")

// Serve serves each service on a loopback port of its own until ctx ends, and
// first writes a line with the name and the base URL of each to announce.
func (s *Stub) Serve(ctx context.Context, announce io.Writer) error {
	services := s.services()
	failed := make(chan error, len(services))

	for name := range services {
		var config net.ListenConfig

		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("stub: %w", err)
		}

		defer func() { _ = listener.Close() }() // Nobody waits for an answer any more.

		go func() { failed <- s.accept(ctx, name, listener) }()

		if _, err = fmt.Fprintf(announce, "  %s  http://%s\n", name, listener.Addr()); err != nil {
			return fmt.Errorf("stub: %w", err)
		}
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func (s *Stub) accept(ctx context.Context, name string, listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return fmt.Errorf("stub: %w", err)
		}

		forget := context.AfterFunc(ctx, func() { _ = conn.Close() })

		go func() {
			defer forget()

			s.ServeConn(name, conn)
		}()
	}
}

// ServeConn answers the requests of one connection to the service of that name,
// until the other end closes it or sends what the stub does not read.
//
// It is no net/http server: the stub shares the machine with what is measured,
// and of three requests to it net/http would make as much work as the page that
// they are for.
func (s *Stub) ServeConn(name string, conn net.Conn) {
	const buffer = 4 << 10

	defer func() { _ = conn.Close() }() // All is written, or nobody reads.

	serve, reader := s.services()[name], bufio.NewReaderSize(conn, buffer)

	for {
		request, err := readRequest(reader)
		if err != nil {
			if errors.Is(err, errUnknown) {
				_, _ = conn.Write(refusal("400 Bad Request", err.Error())) // It fails where the caller has left.
			}

			return
		}

		if _, err = conn.Write(serve(request)); err != nil {
			return
		}
	}
}

// readRequest reads a request up to the end of its head.
func readRequest(reader *bufio.Reader) (request, error) {
	line, err := readLine(reader)
	if err != nil {
		return request{}, err
	}

	rest, isGet := strings.CutPrefix(string(line), "GET ")
	target, version, _ := strings.Cut(rest, " ")

	if !isGet || version != "HTTP/1.1" {
		return request{}, errUnknown
	}

	r := request{target: target}

	for {
		if line, err = readLine(reader); err != nil || len(line) == 0 {
			return r, err
		}

		if err = r.field(line); err != nil {
			return r, err
		}
	}
}

// field takes from a line of the head what matters.
func (r *request) field(line []byte) error {
	const (
		condition = "if-none-match:"
		length    = "content-length:"
		encoding  = "transfer-encoding:"
	)

	switch {
	case hasName(line, condition):
		r.tag = strings.TrimSpace(string(line[len(condition):]))
	case hasName(line, length), hasName(line, encoding):
		return errUnknown
	}

	return nil
}

// hasName reports whether a line begins with a name, which is in lower case.
func hasName(line []byte, name string) bool {
	if len(line) < len(name) {
		return false
	}

	for i := range len(name) {
		c := line[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}

		if c != name[i] {
			return false
		}
	}

	return true
}

// readLine returns the next line without its end; it is valid until the next
// read.
func readLine(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadSlice('\n')

	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, errUnknown
	case err != nil:
		return nil, err //nolint:wrapcheck // The connection is closed whatever it is.
	}

	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}

	return line, nil
}
