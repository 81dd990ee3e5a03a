package services

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a service that a test opens.
type fake struct{ closed int }

func (*fake) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "open") })
}

func (f *fake) Close() error {
	f.closed++

	return errors.New("disk full")
}

// opens takes a second for each opening, and fails the first so many.
type opens struct {
	fake
	calls, failures int
}

func (o *opens) open(ctx context.Context) (service, error) {
	o.calls++

	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}

	if o.calls <= o.failures {
		return nil, errors.New("no space left in a secret place")
	}

	return &o.fake, nil
}

func ask(ctx context.Context, l *lazy) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	l.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(ctx, http.MethodGet, "/thing", http.NoBody))

	return recorder
}

// askMany asks so many times at once and returns how often each status came.
func askMany(t *testing.T, l *lazy, times int) map[int]int {
	t.Helper()

	var (
		mu    sync.Mutex
		group sync.WaitGroup
	)

	statuses := map[int]int{}

	for range times {
		group.Go(func() {
			got := ask(t.Context(), l).Code

			mu.Lock()
			defer mu.Unlock()

			statuses[got]++
		})
	}

	group.Wait()

	return statuses
}

func TestLazyOpensOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &opens{}
		l := newLazy(t.Context(), slog.New(slog.DiscardHandler), "thing", o.open)

		time.Sleep(quiet - time.Nanosecond)

		if o.calls != 0 {
			t.Error("opened before anybody asked")
		}

		if got := askMany(t, l, 20); got[http.StatusOK] != 20 {
			t.Errorf("answers by status: %v", got)
		}

		if got := ask(t.Context(), l); got.Body.String() != "open" || o.calls != 1 {
			t.Errorf("%q after %d openings", got.Body, o.calls)
		}

		if err := l.Close(); err == nil || o.closed != 1 {
			t.Errorf("closed %d times: %v", o.closed, err)
		}
	})
}

// TestLazyOpensByItself, so that the first request finds it open.
func TestLazyOpensByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &opens{}
		l := newLazy(t.Context(), slog.New(slog.DiscardHandler), "thing", o.open)

		time.Sleep(quiet + time.Second)
		synctest.Wait()

		start := time.Now()
		if got := ask(t.Context(), l); got.Code != http.StatusOK || o.calls != 1 || time.Since(start) != 0 {
			t.Errorf("status %d after %d openings and %v", got.Code, o.calls, time.Since(start))
		}

		_ = l.Close()
	})
}

// Who waited for an opening that failed is told so, and the next is served.
func TestLazyTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer

		o := &opens{failures: 2}
		l := newLazy(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), "thing", o.open)

		for try := range 2 {
			if got := askMany(t, l, 20); got[http.StatusServiceUnavailable] != 20 || o.calls != try+1 {
				t.Errorf("%d openings, answers by status: %v", o.calls, got)
			}
		}

		if got := askMany(t, l, 20); got[http.StatusOK] != 20 || o.calls != 3 {
			t.Errorf("%d openings, answers by status: %v", o.calls, got)
		}

		if strings.Count(log.String(), "secret place") != 2 {
			t.Errorf("logged is %s", log.String())
		}

		_ = l.Close()
	})
}

// A refusal is problem details, and keeps the cause to itself.
func TestLazyRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLazy(t.Context(), slog.New(slog.DiscardHandler), "thing", (&opens{failures: 1}).open)

		got := ask(t.Context(), l)
		if got.Header().Get("Content-Type") != "application/problem+json" || got.Header().Get("Retry-After") == "" || strings.Contains(got.Body.String(), "secret") {
			t.Errorf("%v %s", got.Header(), got.Body)
		}
	})
}

// Whoever began an opening may leave, and the program be asked to stop: it is for
// those who come after, too, whose answers are still waited for.
func TestLazyOutlivesItsFirstRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &opens{}
		running, stop := context.WithCancel(t.Context())
		l := newLazy(running, slog.New(slog.DiscardHandler), "thing", o.open)

		hasty, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer leave()

		if got := ask(hasty, l).Code; got != http.StatusServiceUnavailable {
			t.Errorf("%d", got)
		}

		stop()

		if got := ask(t.Context(), l).Code; got != http.StatusOK || o.calls != 1 {
			t.Errorf("%d after %d openings", got, o.calls)
		}

		_ = l.Close()
	})
}

func TestLazyCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &opens{}

		unasked := newLazy(t.Context(), slog.New(slog.DiscardHandler), "thing", o.open)
		if err := unasked.Close(); err != nil || o.calls != 0 {
			t.Errorf("%d openings: %v", o.calls, err)
		}

		if got := ask(t.Context(), unasked).Code; got != http.StatusServiceUnavailable || o.calls != 0 {
			t.Errorf("%d openings after the end, status %d", o.calls, got)
		}

		// In the middle of an opening: it ends at once, and is waited for.
		from := time.Now()
		amid := newLazy(t.Context(), slog.New(slog.DiscardHandler), "thing", o.open)
		answered := make(chan int)

		go func() { answered <- ask(context.Background(), amid).Code }()

		synctest.Wait()

		if err := amid.Close(); err != nil || o.calls != 1 || time.Since(from) != 0 {
			t.Errorf("%d openings, closed after %s: %v", o.calls, time.Since(from), err)
		}

		if got := <-answered; got != http.StatusServiceUnavailable {
			t.Errorf("status %d", got)
		}
	})
}
