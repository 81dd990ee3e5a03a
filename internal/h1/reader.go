package h1

import (
	"bytes"
	"io"
)

// reader reads answers from src. What it has read too much stays in buf.
type reader struct {
	src  io.Reader
	buf  []byte
	r, w int  // unread is buf[r:w]
	got  bool // a byte of the answer has come
}

// limits are the most that an answer may have.
type limits struct{ header, body int }

func (r *reader) unread() []byte { return r.buf[r.r:r.w] }

// fill reads on. The caller has used up what there was.
func (r *reader) fill() error {
	r.r, r.w = 0, 0

	n, err := r.read(r.buf)
	r.w = n

	return err
}

// read reads at least one byte from src into b.
func (r *reader) read(b []byte) (int, error) {
	const patience = 16 // of reads that return nothing, which a source should not do

	for range patience {
		n, err := r.src.Read(b)
		if n > 0 {
			r.got = true

			return n, nil // An error comes again.
		}

		if err != nil {
			return 0, err //nolint:wrapcheck // It gets its words where the call ends.
		}
	}

	return 0, io.ErrNoProgress
}

// must is for reads of what has to be there.
func must(err error) error {
	if err == io.EOF { //nolint:errorlint // Readers return it as it is.
		return io.ErrUnexpectedEOF
	}

	return err
}

// line appends the next line to dst, with its end, and takes it off limit.
func (r *reader) line(dst []byte, limit *int) ([]byte, error) {
	for {
		b := r.unread()

		end := bytes.IndexByte(b, '\n') + 1
		if end > 0 {
			b = b[:end]
		}

		if *limit -= len(b); *limit < 0 {
			return dst, malformed("header is too long")
		}

		dst = append(dst, b...)
		r.r += len(b)

		if end > 0 {
			return dst, nil
		}

		if err := r.fill(); err != nil {
			return dst, must(err)
		}
	}
}

// take appends the next n bytes to dst. Without ahead they are the last ones,
// and what has not come yet is read straight into dst, never a byte more.
func (r *reader) take(dst []byte, n int, ahead bool) ([]byte, error) {
	for n > 0 {
		dst = reserve(dst, n)
		free := dst[len(dst):min(cap(dst), len(dst)+n)]
		got := copy(free, r.unread())
		r.r += got

		var err error

		switch {
		case got > 0:
		case ahead && len(free) < len(r.buf):
			err = r.fill()
		default:
			got, err = r.read(free)
		}

		if err != nil {
			return dst, must(err)
		}

		dst = dst[:len(dst)+got]
		n -= got
	}

	return dst, nil
}

// reserve makes room in dst for n bytes that were announced, at once as far as
// an announcement is to be believed, else for some of them.
func reserve(dst []byte, n int) []byte {
	const credit = 1 << 20

	if free := cap(dst) - len(dst); free >= n || free > 0 && n > credit {
		return dst
	}

	room := max(min(n, credit), len(dst)) // doubled, so that many short chunks cost no more than one long
	grown := make([]byte, len(dst), len(dst)+room)
	copy(grown, dst)

	return grown
}
