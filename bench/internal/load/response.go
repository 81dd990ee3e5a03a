package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
)

const (
	// maxBody is the longest body that is taken, in bytes.
	maxBody = 8 << 20
	// maxHead is the longest head that is taken, in bytes.
	maxHead = 64 << 10
)

var (
	errTooLong = errors.New("the answer is longer than 8 MiB, or its head than 64 KiB")
	errClosing = errors.New("the server closes the connection after its answer")
	errForm    = errors.New("not an answer in HTTP/1.1")
)

// Header are the lines of an answer's head as they came, without the first one.
type Header []byte

// Get returns the value of the first line of that name, in whatever case, or "".
func (h Header) Get(name string) string {
	for line := range bytes.Lines(h) {
		key, value, found := bytes.Cut(line, []byte(":"))
		if found && equal(key, name) {
			return string(bytes.TrimSpace(value))
		}
	}

	return ""
}

// equal compares a name with one in lower case or any other.
func equal(key []byte, name string) bool {
	return len(key) == len(name) && bytes.EqualFold(key, []byte(name))
}

// response reads answers of one connection, one after the other, into memory
// that it uses again. It understands what the servers here send, and refuses
// the rest: that makes it several times cheaper than net/http's.
type response struct {
	reader *bufio.Reader

	status int
	header Header
	body   []byte

	length  int // of the body; unknown where it is chunked or there is none
	chunked bool
	closes  bool
	whole   bool // it has been read to its end
}

const unknown = -1

// read reads an answer to its end: the next one comes behind it.
func (r *response) read() error {
	r.header, r.body = r.header[:0], r.body[:0]
	r.length, r.chunked, r.closes, r.whole = unknown, false, false, false

	if err := r.readStatus(); err != nil {
		return err
	}

	if err := r.readHeader(); err != nil {
		return err
	}

	if err := r.readBody(); err != nil {
		return err
	}

	r.whole = true

	if r.closes {
		return errClosing
	}

	return nil
}

// line returns the next line without its end; it is valid until the next read.
func (r *response) line() ([]byte, error) {
	line, err := r.reader.ReadSlice('\n')

	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, errTooLong
	case err != nil:
		return nil, err //nolint:wrapcheck // The caller says what was read.
	}

	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}

	return line, nil
}

// readStatus reads a line such as "HTTP/1.1 200 OK".
func (r *response) readStatus() error {
	const digits = 3

	line, err := r.line()
	if err != nil {
		return err
	}

	rest, found := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !found || len(rest) < digits || (len(rest) > digits && rest[digits] != ' ') {
		return errForm
	}

	status, ok := number(rest[:digits], decimal)
	if !ok || status < http.StatusOK {
		return errForm
	}

	r.status = status

	return nil
}

func (r *response) readHeader() error {
	for {
		line, err := r.line()
		if err != nil {
			return err
		}

		if len(line) == 0 {
			return nil
		}

		if len(r.header)+len(line) > maxHead {
			return errTooLong
		}

		r.header = append(append(r.header, line...), '\n')

		if err = r.field(line); err != nil {
			return err
		}
	}
}

// field takes from a line what says how long the body is.
func (r *response) field(line []byte) error {
	key, value, found := bytes.Cut(line, []byte(":"))
	if !found || len(key) == 0 || bytes.ContainsAny(key, " \t") {
		return errForm
	}

	value = bytes.TrimSpace(value)

	switch {
	case equal(key, "content-length"):
		return r.setLength(value)
	case equal(key, "transfer-encoding"):
		if r.chunked || !equal(value, "chunked") {
			return errForm
		}

		r.chunked = true
	case equal(key, "connection"):
		r.closes = r.closes || equal(value, "close")
	}

	return nil
}

func (r *response) setLength(value []byte) error {
	length, ok := number(value, decimal)
	if !ok || (r.length != unknown && r.length != length) {
		return errForm
	}

	r.length = length

	return nil
}

func (r *response) readBody() error {
	switch {
	case r.status == http.StatusNoContent, r.status == http.StatusNotModified:
		return nil
	case r.chunked:
		return r.readChunks()
	case r.length == unknown:
		return errClosing // Only the end of the connection ends the body.
	default:
		return r.readBytes(r.length)
	}
}

// readBytes appends the next n bytes to the body.
func (r *response) readBytes(n int) error {
	if n > maxBody-len(r.body) {
		return errTooLong
	}

	from := len(r.body)
	if need := from + n; need > cap(r.body) {
		r.body = append(make([]byte, 0, need+need/2), r.body...) // Half as much again, for the next one.
	}

	r.body = r.body[:from+n]

	if _, err := io.ReadFull(r.reader, r.body[from:]); err != nil {
		return fmt.Errorf("body: %w", err)
	}

	return nil
}

func (r *response) readChunks() error {
	for {
		line, err := r.line()
		if err != nil {
			return err
		}

		size, _, _ := bytes.Cut(line, []byte(";")) // What stands behind it says nothing to us.

		length, ok := number(bytes.TrimRight(size, " \t"), hexadecimal)
		if !ok {
			return errForm
		}

		if length == 0 {
			return r.readTrailer()
		}

		if err = r.readBytes(length); err != nil {
			return err
		}

		if line, err = r.line(); err != nil {
			return err
		}

		if len(line) != 0 {
			return errForm
		}
	}
}

// readTrailer reads lines up to an empty one.
func (r *response) readTrailer() error {
	for {
		line, err := r.line()
		if err != nil || len(line) == 0 {
			return err
		}
	}
}

// Bases of numbers.
const (
	decimal     = 10
	hexadecimal = 16
)

// number reads digits and nothing else, at least one.
func number(text []byte, base int) (n int, ok bool) {
	for _, c := range text {
		digit := base

		switch {
		case c >= '0' && c <= '9':
			digit = int(c - '0')
		case c >= 'a' && c <= 'f':
			digit = int(c-'a') + decimal
		case c >= 'A' && c <= 'F':
			digit = int(c-'A') + decimal
		}

		if digit >= base || n > (math.MaxInt32-digit)/base {
			return 0, false
		}

		n = n*base + digit
	}

	return n, len(text) > 0
}
