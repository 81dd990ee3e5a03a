package h1

import (
	"fmt"
	"strings"
)

// Header is the fields of a request, ready to be sent. The zero value has none.
// A field that cannot be sent fails the request, see [ErrRequest].
type Header struct {
	lines []byte
	err   error // the first one
}

// Add appends a field. Those that frame a message are not the caller's to set.
func (h *Header) Add(name, value string) {
	for _, framing := range [...]string{"host", "connection", "content-length", "transfer-encoding"} {
		if len(name) == len(framing) && strings.EqualFold(name, framing) {
			h.fail(name)

			return
		}
	}

	h.add(name, value)
}

func (h *Header) add(name, value string) {
	if !isToken(name) || !isValue(value) {
		h.fail(name)

		return
	}

	h.lines = append(h.lines, name...)
	h.lines = append(h.lines, ": "...)
	h.lines = append(h.lines, value...)
	h.lines = append(h.lines, "\r\n"...)
}

func (h *Header) fail(name string) {
	if h.err == nil {
		h.err = fmt.Errorf("%w: field %q", ErrRequest, name)
	}
}

// Reset makes the header empty and keeps its memory.
func (h *Header) Reset() { h.lines, h.err = h.lines[:0], nil }

// checkTarget lets nothing into the request line that would end it early.
func checkTarget(target string) error {
	if target == "" || target[0] != '/' {
		return fmt.Errorf("%w: target is no path", ErrRequest)
	}

	for i := range len(target) {
		if c := target[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return fmt.Errorf("%w: target has byte %#x", ErrRequest, c)
		}
	}

	return nil
}
