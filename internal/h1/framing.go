package h1

import (
	"bytes"
	"net/http"
	"strconv"
)

// note remembers a field that says where the answer ends, or its connection.
func (f *framing) note(name, value []byte) error {
	switch {
	case equalFold(name, "connection"):
		f.options(value)
	case equalFold(name, "content-length"):
		if f.length != nil && !bytes.Equal(f.length, value) {
			return malformed("lengths differ")
		}

		f.length = value
	case equalFold(name, "transfer-encoding"):
		if f.chunked || !equalFold(value, "chunked") {
			return malformed("transfer coding")
		}

		f.chunked = true
	}

	return nil
}

func (f *framing) options(value []byte) {
	for option := range bytes.SplitSeq(value, []byte{','}) {
		option = trim(option)
		f.close = f.close || equalFold(option, "close")
		f.keepAlive = f.keepAlive || equalFold(option, "keep-alive")
	}
}

// How the end of a body is told, where it is not by its length.
const (
	untilClose = -1 - iota
	inChunks
)

// end tells how long the body is, or how its end is told, and whether the
// connection can be used again behind it. Of two ways to tell the end one is a
// lie, and whoever believes the other reads on in the wrong place.
func (f *framing) end(status int) (length int64, keep bool, err error) {
	if length, err = f.contentLength(); err != nil {
		return 0, false, err
	}

	keep = f.persistent()

	switch {
	case status == http.StatusNotModified: // may tell the length that a 200 would have
		return 0, keep && !f.chunked, nil
	case status == http.StatusNoContent: // a body that comes all the same ends the connection
		return 0, keep && !f.chunked && length <= 0, nil
	case !f.chunked:
		return length, keep && length != untilClose, nil
	case f.old || f.length != nil:
		return 0, false, malformed("end is told twice")
	}

	return inChunks, keep, nil
}

// persistent reports whether the server lets the connection stay.
func (f *framing) persistent() bool { return !f.close && (!f.old || f.keepAlive) }

func (f *framing) contentLength() (int64, error) {
	if f.length == nil {
		return untilClose, nil
	}

	n, err := strconv.ParseUint(string(f.length), 10, 63)
	if err != nil {
		return 0, malformed("length")
	}

	return int64(n), nil
}
