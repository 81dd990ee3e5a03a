package h1

import "io"

// body reads a body of that length, see [framing.end].
func (r *reader) body(a *Answer, length int64, limit int) (err error) {
	switch {
	case length == inChunks:
		return r.chunks(a, limit)
	case length == untilClose:
		return r.rest(a, limit)
	case length > int64(limit):
		return ErrTooLong
	}

	a.Body, err = r.take(a.Body, int(length), false)

	return err
}

// rest reads until the server closes.
func (r *reader) rest(a *Answer, limit int) error {
	for {
		if len(a.Body)+len(r.unread()) > limit {
			return ErrTooLong
		}

		a.Body = append(a.Body, r.unread()...)

		if err := r.fill(); err == io.EOF { //nolint:errorlint // Readers return it as it is.
			return nil
		} else if err != nil {
			return err
		}
	}
}
