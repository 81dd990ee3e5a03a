package serve_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/serve"
)

// TestLongURL is refused before anybody looks at it.
func TestLongURL(t *testing.T) {
	t.Parallel()

	const most = 8 << 10

	for length, want := range map[int]int{most: http.StatusOK, most + 1: http.StatusRequestURITooLong} {
		p := newPipe(func(http.ResponseWriter, *http.Request) {})
		answer := p.ask(t, http.MethodGet, "/"+strings.Repeat("a", length-1))

		if answer.status != want {
			t.Errorf("%d bytes: got %d", length, answer.status)
		}

		if want != http.StatusOK {
			wantHeaders(t, answer, map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store"})
		}
	}
}

func TestLongBody(t *testing.T) {
	t.Parallel()

	const most = 1000

	for length, fits := range map[int]bool{0: true, most: true, most + 1: false, 100 * most: false} {
		p := newPipe(func(_ http.ResponseWriter, r *http.Request) {
			text, err := io.ReadAll(r.Body)

			var tooLong *http.MaxBytesError
			if fits != (err == nil) || !fits && !errors.As(err, &tooLong) || len(text) > most {
				t.Errorf("of %d bytes, %d were read: %v", length, len(text), err)
			}
		})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(strings.Repeat("x", length)))
		p.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// TestBudget is what services may be waited for, from the first byte of the
// handler on.
func TestBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(func(_ http.ResponseWriter, r *http.Request) {
			deadline, ok := fanout.Deadline(r.Context())
			if left := time.Until(deadline); !ok || left != 980*ms {
				t.Errorf("%v is left, %t", left, ok)
			}

			if _, found := r.Context().Deadline(); found {
				t.Error("the answer itself can no more be sent then")
			}
		})
		p.ask(t, http.MethodGet, "/")

		endless := newPipe(func(_ http.ResponseWriter, r *http.Request) {
			if _, ok := fanout.Deadline(r.Context()); ok {
				t.Error("there is a budget")
			}
		}, func(o *serve.Options) { o.Budget = 0 })
		endless.ask(t, http.MethodGet, "/")
	})
}
