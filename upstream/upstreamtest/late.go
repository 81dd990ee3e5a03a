package upstreamtest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// The faults of time: answers that are right, had they come.

func latency(c call) {
	wait(c.r.Context(), c.pause)
	c.good(c.w, c.r)
}

func hang(c call) {
	<-c.r.Context().Done() // the client has left, or the shop closes
	panic(http.ErrAbortHandler)
}

func stalled(c call) {
	sendHalf(c)
	hang(c)
}

func slowDrip(c call) {
	answer := capture(c)
	answer.sendHeader(c.w, len(answer.body))
	out := http.NewResponseController(c.w)
	flush(out)
	for i := range answer.body {
		wait(c.r.Context(), c.fault.pause)
		mustWrite(c.w, answer.body[i:i+1])
		flush(out)
	}
}

// wait ends the call where the client leaves meanwhile.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
}

// sendHalf sends the headers, which promise the whole of the good body, and half
// of it, and sees to it that they leave.
func sendHalf(c call) {
	answer := capture(c)
	answer.sendHeader(c.w, len(answer.body))
	mustWrite(c.w, answer.body[:len(answer.body)/2])
	flush(http.NewResponseController(c.w))
}

// mustWrite ends the call where nobody listens any more. Nobody else needs to
// know: a client that left is what the fault is for.
func mustWrite(w io.Writer, p []byte) {
	if _, err := w.Write(p); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func flush(out *http.ResponseController) {
	if out.Flush() != nil {
		panic(http.ErrAbortHandler)
	}
}

// answer is a good answer, held back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// capture has the good answer made, and holds it back. It asks for all of it and
// in plain text, whatever the client said, so that there is something to spoil.
func capture(c call) *answer {
	whole := c.r.Clone(c.r.Context())
	for _, header := range []string{"Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range"} {
		whole.Header.Del(header)
	}
	a := &answer{status: http.StatusOK, header: make(http.Header)}
	c.good(a, whole)
	return a
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

// sendHeader sends the answer's status and headers, with a length of the
// caller's choice; a negative one is not told.
func (a *answer) sendHeader(w http.ResponseWriter, length int) {
	maps.Copy(w.Header(), a.header)
	w.Header().Del("Content-Length")
	if length >= 0 {
		w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	w.WriteHeader(a.status)
}
