package heap_test

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"storefront/internal/heap"
)

// goal is the size of the heap at which it is collected.
func goal() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(sample)

	return int64(sample[0].Value.Uint64()) //nolint:gosec // A size of memory.
}

// TestHeadroom holds more and more, and sees the room to grow in stay.
//
//nolint:paralleltest // The collector is the process'.
func TestHeadroom(t *testing.T) {
	if os.Getenv("GOGC") != "" {
		t.Skip("GOGC is set: it stays as it is")
	}

	const headroom = 32 << 20

	before := debug.SetGCPercent(100)
	stop := heap.Tune(headroom)

	var held [][]byte

	for _, size := range []int{0, 8 << 20, 16 << 20, 64 << 20} {
		held = append(held, make([]byte, size))
		live := 0

		for _, h := range held {
			live += len(h)
		}

		waitFor(t, func() bool {
			room := goal() - int64(live)

			return headroom/2 < room && room < 3*headroom
		})
	}

	runtime.KeepAlive(held)
	stop()

	if now := debug.SetGCPercent(before); now != 100 {
		t.Errorf("GOGC is left at %d", now)
	}
}

// waitFor collects until ok.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()

	for range 100 {
		runtime.GC()

		if ok() {
			return
		}

		time.Sleep(10 * time.Millisecond) // Cleanups run beside.
	}

	t.Errorf("the heap is collected at %d MiB", goal()>>20)
}
