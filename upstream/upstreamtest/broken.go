package upstreamtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// The faults of transport: answers that break off, or never end.

func truncated(c call) {
	sendHalf(c)
	panic(http.ErrAbortHandler)
}

func resetMidBody(c call) {
	sendHalf(c)
	resetBeforeHeaders(c)
}

// resetBeforeHeaders takes the connection from net/http, which would close it
// politely. Both kinds of connection have SetLinger.
func resetBeforeHeaders(c call) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if lingering, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = lingering.SetLinger(0) // fails on a connection that the client has closed already
	}
	_ = conn.Close() // likewise
}

const (
	hugeBytes  = 200 << 20
	chunkBytes = 64 << 10
	// headersHuge adds so many headers of so many bytes.
	hugeHeaders = 12 << 10
	hugeHeader  = 1 << 10
)

func headersHuge(c call) {
	padding := strings.Repeat("x", hugeHeader)
	for range hugeHeaders {
		c.w.Header().Add("X-Padding", padding)
	}
	c.good(c.w, c.r)
}

func huge(c call) {
	a := capture(c)
	a.sendHeader(c.w, -1)
	enlarge(a.body).send(c.w)
}

func hugeSized(c call) {
	a := capture(c)
	body := enlarge(a.body)
	a.sendHeader(c.w, body.size())
	body.send(c.w)
}

func hugeGzip(c call) {
	if !strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") {
		huge(c)
		return
	}
	a := capture(c)
	a.header.Set("Content-Encoding", "gzip")
	a.sendHeader(c.w, -1)
	zip, err := gzip.NewWriterLevel(c.w, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one of gzip's own
	}
	enlarge(a.body).send(zip)
	if zip.Close() != nil {
		panic(http.ErrAbortHandler)
	}
}

// hugeBody is a small body made huge: head, chunk again and again, tail.
type hugeBody struct {
	head, chunk, tail []byte
	times             int
}

// enlarge keeps the body JSON of the type it was: a list gets more elements, an
// object gets a long field in front.
func enlarge(body []byte) hugeBody {
	body = bytes.TrimSpace(body)
	h := hugeBody{head: []byte(`{"unread":"`), chunk: []byte("x"), tail: []byte(`"}`)}
	switch {
	case bytes.HasPrefix(body, []byte("[")):
		elements := bytes.TrimSpace(bytes.TrimSuffix(body[1:], []byte("]")))
		if len(elements) == 0 {
			elements = []byte("{}")
		}
		h = hugeBody{head: []byte("["), chunk: append([]byte(","), elements...), tail: []byte("]")}
		h.head = append(h.head, elements...)
	case len(body) > len("{}"):
		h.tail = append([]byte(`",`), body[1:]...)
	}
	h.chunk = bytes.Repeat(h.chunk, 1+chunkBytes/len(h.chunk))
	h.times = 1 + hugeBytes/len(h.chunk)
	return h
}

func (h hugeBody) size() int { return len(h.head) + h.times*len(h.chunk) + len(h.tail) }

// send ends the call where the client has heard enough.
func (h hugeBody) send(w io.Writer) {
	mustWrite(w, h.head)
	for range h.times {
		mustWrite(w, h.chunk)
	}
	mustWrite(w, h.tail)
}
