package strangler

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// eachMode is every way that a request may go.
func eachMode(t *testing.T, run func(t *testing.T, o facadeOptions)) {
	t.Helper()

	for _, o := range []facadeOptions{
		{mode: ModeOld}, {mode: ModeShadow}, {mode: ModePercent}, {mode: ModePercent, fallback: true}, {mode: ModeNew}, {mode: ModeNew, fallback: true},
	} {
		t.Run(fmt.Sprint(o.mode, o.fallback), func(t *testing.T) {
			t.Parallel()
			run(t, o)
		})
	}
}

// TestEventsOneByOne: an event arrives before the next one is sent, for longer
// than the budget.
func TestEventsOneByOne(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, o facadeOptions) {
		t.Helper()

		next := make(chan struct{})
		events := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")

			for i := range 5 {
				_, _ = fmt.Fprintf(w, "data: %d\n", i)
				_ = http.NewResponseController(w).Flush()

				select {
				case <-next:
				case <-r.Context().Done():
					t.Error("it was ended")

					return
				}
			}
		}

		o.old, o.new, o.budget = events, events, 200*time.Millisecond
		if o.mode == ModeShadow { // It is asked when the old side has ended.
			o.new = sayJSON("{}")
		}

		k := newFacade(t, o)

		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+"/api/things/events", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}

		response, err := k.plain().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = response.Body.Close() }()

		lines := bufio.NewReader(response.Body)

		for i := range 5 {
			if line, err := lines.ReadString('\n'); line != "data: "+strconv.Itoa(i)+"\n" || err != nil {
				t.Fatalf("got %q, %v", line, err)
			}

			if i == 2 { // Both the budget and patience are over by then.
				time.Sleep(2 * o.budget)
			}

			next <- struct{}{}
		}

		if rest, err := io.ReadAll(lines); len(rest) != 0 || err != nil {
			t.Errorf("got %q, %v", rest, err)
		}
	})
}

// TestUploadsPieceByPiece: a side sees the beginning before the client sends the
// end, and may answer before that, and takes longer than the budget.
func TestUploadsPieceByPiece(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, o facadeOptions) {
		t.Helper()

		side := func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).EnableFullDuplex()
			lines := bufio.NewReader(r.Body)

			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}

				_, _ = io.WriteString(w, "got "+line)
				_ = http.NewResponseController(w).Flush()
			}
		}

		o.old, o.new, o.budget = side, side, 200*time.Millisecond
		k := newFacade(t, o)
		in, out := io.Pipe()

		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/api/things", in)
		if err != nil {
			t.Fatal(err)
		}

		go func() { _, _ = io.WriteString(out, "0\n") }()

		response, err := k.plain().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}

		defer func() { _ = response.Body.Close() }()

		lines := bufio.NewReader(response.Body)

		for i := range 4 {
			if line, err := lines.ReadString('\n'); line != "got "+strconv.Itoa(i)+"\n" || err != nil {
				t.Fatalf("got %q, %v", line, err)
			}

			time.Sleep(o.budget / 2)

			_, _ = fmt.Fprintf(out, "%d\n", i+1)
		}

		_ = out.Close()

		if n := k.asked[New].Load() + k.asked[Old].Load(); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestLargeBodies pass in both ways without being held.
func TestLargeBodies(t *testing.T) { //nolint:paralleltest // It measures memory.
	const size = 100 << 20

	echo := func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			t.Error(err)
		}

		w.Header().Set("X-Got", strconv.FormatInt(n, 10))

		piece := make([]byte, 64<<10)
		for range size / len(piece) {
			_, _ = w.Write(piece)
		}
	}

	k := newFacade(t, facadeOptions{mode: ModeNew, new: echo, budget: time.Minute})

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/api/things", io.LimitReader(zeros{}, size))
	if err != nil {
		t.Fatal(err)
	}

	var before, after runtime.MemStats

	runtime.ReadMemStats(&before)

	response, err := k.plain().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	if n, err := io.Copy(io.Discard, response.Body); n != size || err != nil || response.Header.Get("X-Got") != strconv.Itoa(size) {
		t.Errorf("%d bytes came, %s went; %v", n, response.Header.Get("X-Got"), err)
	}

	runtime.ReadMemStats(&after)

	if taken := after.TotalAlloc - before.TotalAlloc; taken > size/5 {
		t.Errorf("%d MiB were allocated for %d MiB each way", taken>>20, size>>20)
	}
}

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)

	return len(p), nil
}
