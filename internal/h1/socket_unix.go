//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package h1

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// socket asks over a connection of the operating system, with as few calls of it
// as there can be: look, write, read.
//
// All three are steps of one [syscall.RawConn.Read]. It forgets old readiness
// before the first step, so that the answer to what the first step writes is what
// it is woken by. Write and Read of [net.Conn] do not know of each other: Read has
// to try once in vain before it can wait. The look whether the connection is still
// good takes the place of that try, and so costs nothing.
type socket struct {
	raw   syscall.RawConn
	step  func(fd uintptr) (done bool) // made once, so that asking does not allocate
	asked bool

	request []byte // what is left of it
	into    []byte
	n       int // bytes read into it
	err     error
}

// newSocket returns nil if nc is not of the operating system.
func newSocket(nc net.Conn) *socket {
	known, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}

	raw, err := known.SyscallConn()
	if err != nil {
		return nil // The connection is broken, as its use will show.
	}

	s := &socket{raw: raw}
	s.step = s.next

	return s
}

// ask sends the request and waits for the first bytes of the answer, which it
// reads into into. It sends nothing if the server has sent something already, be
// it bytes or the connection's end. If the request does not go out in one piece
// ask returns what is left of it, and does not wait.
func (s *socket) ask(request, into []byte) (n int, left []byte, err error) {
	s.asked, s.request, s.into, s.n, s.err = false, request, into, 0, nil

	if err = s.raw.Read(s.step); err == nil {
		err = s.err
	}

	left, s.request, s.into = s.request, nil, nil

	return s.n, left, err
}

func (s *socket) next(fd uintptr) (done bool) {
	if !s.asked {
		s.asked = true

		return !s.write(int(fd))
	}

	return s.read(int(fd))
}

// write reports whether an answer is to be waited for.
func (s *socket) write(fd int) bool {
	var one [1]byte // not into, where the request may be

	_, _, err := syscall.Recvfrom(fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	if !errors.Is(err, syscall.EAGAIN) {
		s.err = errSpoke

		return false
	}

	n, err := again(func() (int, error) { return syscall.Write(fd, s.request) })
	s.request = s.request[max(n, 0):]

	if err != nil && !errors.Is(err, syscall.EAGAIN) {
		s.err = err

		return false
	}

	return len(s.request) == 0
}

// read reports whether there was something to read.
func (s *socket) read(fd int) bool {
	n, err := again(func() (int, error) { return syscall.Read(fd, s.into) })

	switch {
	case errors.Is(err, syscall.EAGAIN):
		return false
	case err != nil:
		s.err = err
	case n == 0:
		s.err = io.EOF
	default:
		s.n = n
	}

	return true
}

// again repeats what a signal has interrupted.
func again(do func() (int, error)) (n int, err error) {
	for {
		if n, err = do(); !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
