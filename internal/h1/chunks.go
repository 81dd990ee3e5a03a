package h1

import (
	"bytes"
	"strings"
)

const (
	// maxChunkLine bounds one chunk's size with its extensions.
	maxChunkLine = 4 << 10
	// maxTrailer bounds what comes behind the last chunk.
	maxTrailer = 4 << 10
	// maxExcess bounds how much longer chunks may be than what is in them.
	maxExcess = 16 << 10
)

// chunks reads a body in chunks, and what may come behind them.
func (r *reader) chunks(a *Answer, limit int) error {
	for excess := 0; ; {
		n, line, err := r.chunkSize(a)
		if err != nil {
			return err
		}

		// One byte in each chunk is a stream; kilobytes beside each byte are not.
		const fair = 16

		if excess = max(0, excess+line-fair-2*n); excess > maxExcess {
			return malformed("chunks are mostly not data")
		}

		if n == 0 {
			return r.trailer(a)
		}

		if n > limit-len(a.Body) {
			return ErrTooLong
		}

		if a.Body, err = r.take(a.Body, n, true); err != nil {
			return err
		}

		if line, _, err := r.scratch(a, len("\r\n")); err != nil {
			return err
		} else if len(line) > 0 {
			return malformed("chunk end")
		}
	}
}

// chunkSize reads the line before a chunk, which is that long.
func (r *reader) chunkSize(a *Answer) (size, length int, err error) {
	line, length, err := r.scratch(a, maxChunkLine)
	if err != nil {
		return 0, 0, err
	}

	if bytes.IndexByte(line, '\r') >= 0 {
		return 0, 0, malformed("chunk size")
	}

	size, err = hex(beforeExtension(line))

	return size, length, err
}

// beforeExtension leaves the size, which some servers pad with spaces.
func beforeExtension(line []byte) []byte {
	size, _, extended := bytes.Cut(line, []byte{';'})
	if extended {
		return size
	}

	return trimRight(size)
}

func hex(digits []byte) (n int, err error) {
	const (
		all  = "0123456789abcdef"
		most = 15 // digits; no answer is that long
	)

	if len(digits) == 0 || len(digits) > most {
		return 0, malformed("chunk size")
	}

	for _, c := range digits {
		digit := strings.IndexByte(all, lower(c))
		if digit < 0 {
			return 0, malformed("chunk size")
		}

		n = n*len(all) + digit
	}

	return n, nil
}

// trailer skips the fields behind the last chunk, which nobody asked for.
func (r *reader) trailer(a *Answer) error {
	for left := maxTrailer; ; {
		line, length, err := r.scratch(a, left)
		if err != nil || len(line) == 0 {
			return err
		}

		if _, err = splitField(line); err != nil {
			return err
		}

		left -= length
	}
}

// scratch reads a line that must end in CRLF, and returns it without its end.
// It is valid until the next one.
func (r *reader) scratch(a *Answer, limit int) (line []byte, length int, err error) {
	start := len(a.lines) // the memory behind the header is as good as any
	a.lines, err = r.line(a.lines, &limit)
	line, a.lines = a.lines[start:], a.lines[:start]

	if err != nil {
		return nil, 0, err
	}

	if n := len(line); n < 2 || line[n-2] != '\r' {
		return nil, 0, malformed("line end")
	}

	return line[:len(line)-2], len(line), nil
}
