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
		return f.noteLength(value)
	case equalFold(name, "transfer-encoding"):
		if f.chunked || !equalFold(value, "chunked") {
			return malformed("transfer coding")
		}

		f.chunked = true
	}

	return nil
}

func (f *framing) noteLength(value []byte) error {
	if f.told != nil && !bytes.Equal(f.told, value) {
		return malformed("lengths differ")
	}

	n, err := strconv.ParseUint(string(value), 10, 63)
	if err != nil {
		return malformed("length")
	}

	f.told, f.length = value, int64(n)

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
	keep = f.persistent()

	switch {
	case status == http.StatusNotModified: // may tell the length that a 200 would have
		return 0, keep && !f.chunked, nil
	case status == http.StatusNoContent: // a body that comes all the same ends the connection
		return 0, keep && !f.chunked && f.length == 0, nil
	case f.chunked && (f.old || f.told != nil):
		return 0, false, malformed("end is told twice")
	case f.chunked:
		return inChunks, keep, nil
	case f.told == nil:
		return untilClose, false, nil
	}

	return f.length, keep, nil
}

// persistent reports whether the server lets the connection stay.
func (f *framing) persistent() bool { return !f.close && (!f.old || f.keepAlive) }
