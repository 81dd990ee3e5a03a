package strangler

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// quietBody is a body that sends a byte after each pause, and then nothing until
// its request ends.
type quietBody struct {
	ctx    context.Context
	pauses []time.Duration
}

func (b *quietBody) Read(p []byte) (int, error) {
	if len(b.pauses) == 0 {
		<-b.ctx.Done()

		return 0, b.ctx.Err()
	}

	select {
	case <-time.After(b.pauses[0]):
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}

	b.pauses, p[0] = b.pauses[1:], 'x'

	return 1, nil
}

func (b *quietBody) Close() error { return nil }

// TestQuietBodies end: neither a client nor what passes them on waits for ever.
func TestQuietBodies(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		media  string
		pauses []time.Duration
		slow   time.Duration // how long the client takes for each piece
		upload []time.Duration
		bytes  int
		took   time.Duration
	}{
		"nothing":                 {took: quiet},
		"a piece now and then":    {pauses: []time.Duration{quiet - 1, quiet - 1, quiet - 1}, bytes: 3, took: 4*quiet - 3},
		"too late":                {pauses: []time.Duration{1, quiet + 1}, bytes: 1, took: quiet + 1},
		"events":                  {media: "text/event-stream; charset=utf-8", pauses: []time.Duration{quietEvents - 1}, bytes: 1, took: 2*quietEvents - 1},
		"a slow client":           {pauses: []time.Duration{1, 1}, slow: 2 * quiet, bytes: 2, took: 5*quiet + 2},
		"the client still sends":  {upload: []time.Duration{quiet - 1, quiet - 1, quiet - 1}, took: 4*quiet - 3},
		"the client sends slowly": {upload: []time.Duration{5 * quiet}, took: 6 * quiet},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				l := newLeash(t.Context(), t.Context(), 0)
				c := &passage{request: &http.Request{Method: http.MethodGet}, record: &telemetry.Record{}}

				if test.upload != nil {
					ctx, end := context.WithCancel(t.Context())
					c.upload = newUpload(&quietBody{ctx, test.upload}, time.Hour, func() {})

					defer c.upload.timer.Stop()
					defer end()

					go func() { // The side, that reads what there is, and then no more.
						for range test.upload {
							_, _ = c.upload.Read(make([]byte, 1))
						}
					}()

					synctest.Wait()
				}

				response := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {test.media}}, Body: &quietBody{l, test.pauses}}
				reply := c.keep(l, Ask{Side: New}, response, telemetry.Call{})
				broke, noted := false, 0

				reply.Ends(func(b bool) { broke, noted = b, noted+1 })

				start, read := time.Now(), 0

				var err error

				for err == nil {
					var n int

					n, err = response.Body.Read(make([]byte, 1))
					read += n

					if n > 0 {
						time.Sleep(test.slow)
					}
				}

				_ = response.Body.Close()

				if took := time.Since(start); read != test.bytes || took != test.took || errors.Is(err, io.EOF) {
					t.Errorf("%d bytes in %s, %v", read, took, err)
				}

				if calls := c.record.Calls(); !broke || noted != 1 || fault.KindOf(calls[0].Err) != fault.Timeout {
					t.Errorf("noted %d times, a failure: %v; %v", noted, broke, calls)
				}
			})
		})
	}
}
