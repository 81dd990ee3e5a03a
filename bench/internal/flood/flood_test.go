package flood_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/bench/internal/flood"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers with what was asked for.
func server(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()

	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)

	return s.URL
}

func TestEveryRequestIsToldOf(t *testing.T) {
	t.Parallel()

	base := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/7" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}

		_, _ = io.WriteString(w, r.URL.Path+r.Header.Get("Priority")) //nolint:gosec // No browser reads it.
	})
	seen := map[int]flood.Shot{}

	err := flood.Run(t.Context(), flood.Plan{
		Base: base, Rate: 1000, For: 100 * time.Millisecond, Patience: time.Minute,
		Call: func(n int) flood.Call {
			return flood.Call{Path: "/" + strconv.Itoa(n), Header: http.Header{"Priority": {"u=1"}}}
		},
	}, func(s flood.Shot) { seen[s.N] = s })
	if err != nil {
		t.Fatal(err)
	}

	if len(seen) < 90 || len(seen) > 101 { // The library may leave out the last ones.
		t.Errorf("%d of 100 are told of", len(seen))
	}

	for n, s := range seen {
		want := http.StatusOK
		if n == 7 {
			want = http.StatusServiceUnavailable
		}

		if s.Status != want || string(s.Body) != "/"+strconv.Itoa(n)+"u=1" || s.Took <= 0 {
			t.Errorf("%d: got %d, %s", n, s.Status, s.Body)
		}
	}
}

// TestLateAnswersHoldNothingUp: requests are sent although earlier ones are not
// answered.
func TestLateAnswersHoldNothingUp(t *testing.T) {
	t.Parallel()

	const requests = 200

	var inside atomic.Int64

	all := make(chan struct{})
	base := server(t, func(http.ResponseWriter, *http.Request) {
		if inside.Add(1) == requests/2 {
			close(all)
		}

		<-all
	})

	err := flood.Run(t.Context(), flood.Plan{
		Base: base, Rate: 2000, For: requests * time.Second / 2000, Patience: time.Minute,
		Call: func(int) flood.Call { return flood.Call{Path: "/"} },
	}, func(s flood.Shot) {
		if s.Status != http.StatusOK {
			t.Errorf("got %d", s.Status)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()

	call := func(int) flood.Call { return flood.Call{Path: "/"} }

	for _, plan := range []flood.Plan{
		{Rate: 0, For: time.Second, Call: call},
		{Rate: flood.MaxRate + 1, For: time.Second, Call: call},
		{Rate: 1, Call: call},
	} {
		if err := flood.Run(t.Context(), plan, func(flood.Shot) {}); err == nil {
			t.Errorf("%+v is taken", plan)
		}
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	base := server(t, func(http.ResponseWriter, *http.Request) { cancel(enough) })

	err := flood.Run(ctx, flood.Plan{Base: base, Rate: 10, For: time.Hour, Patience: time.Minute, Call: call}, func(flood.Shot) {})
	if !errors.Is(err, enough) {
		t.Errorf("the error is %v", err)
	}
}
