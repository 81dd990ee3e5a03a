// Package heap fits the garbage collector to a program that holds little and
// allocates much. Go collects when the heap has doubled; where the program holds
// a few megabytes, that is many times a second for nothing. Here it collects
// when the heap has grown by a fixed headroom, whatever is held.
//
// It knows nothing of what is on the heap.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

const (
	// least is the smallest GOGC that is set here, in percent.
	least = 25
	// smallest is what the heap is taken to hold at the least: Go does not
	// collect before it has grown to this, times GOGC.
	smallest = 4 << 20
	// settled is how much of a change is not worth stopping the world for.
	settled = 10
)

// Tune has the collector give the heap headroom bytes to grow in, and keep the
// process within the memory limit of its control group. What an operator has set
// in GOGC or GOMEMLIMIT stays as it is. A headroom of 0 leaves GOGC to Go. The
// returned function ends the tuning.
func Tune(headroom int64) (stop func()) {
	if os.Getenv("GOMEMLIMIT") == "" {
		limitMemory(os.DirFS("/"))
	}

	if headroom <= 0 || os.Getenv("GOGC") != "" {
		return func() {}
	}

	t := &tuner{headroom: headroom}
	t.before = int64(debug.SetGCPercent(t.percent()))
	t.watch()

	return t.stop
}

// tuner sets GOGC after each collection from what has been left by it.
type tuner struct {
	headroom int64
	before   int64
	current  atomic.Int64
	stopped  atomic.Bool
}

// watch has the next collection call adjust. A finalizer runs once its object
// has been found to be garbage: once in each cycle, if it is armed anew.
func (t *tuner) watch() {
	sentinel := new([16]byte)
	runtime.AddCleanup(sentinel, func(t *tuner) {
		if !t.stopped.Load() {
			t.adjust()
			t.watch()
		}
	}, t)
}

func (t *tuner) adjust() {
	now := int64(t.percent())
	if change := now - t.current.Load(); change > settled || change < -settled {
		t.current.Store(now)
		debug.SetGCPercent(int(now))
	}
}

func (t *tuner) stop() {
	t.stopped.Store(true)
	debug.SetGCPercent(int(t.before))
}

// percent is the GOGC that lets the heap grow by the headroom.
func (t *tuner) percent() int {
	held := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/globals:bytes"}, {Name: "/gc/scan/stack:bytes"}}
	metrics.Read(held)

	var sum int64

	for _, sample := range held {
		if sample.Value.Kind() == metrics.KindUint64 {
			sum += int64(sample.Value.Uint64()) //nolint:gosec // A size of memory.
		}
	}

	const percent = 100

	return int(max(least, percent*t.headroom/max(sum, smallest)))
}
