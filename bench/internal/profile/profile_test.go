package profile_test

import (
	"bytes"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"storefront/bench/internal/profile"
)

const goroutines = `goroutine profile: total 8
4 @ 0x1 0x2 0x3
#	0x47b0d2	internal/poll.runtime_pollWait+0x72	/go/src/runtime/netpoll.go:351
#	0x6b2a30	net/http.(*connReader).Read+0x123	/go/src/net/http/server.go:810
#	0x6b2a31	net/http.(*conn).serve+0x456	/go/src/net/http/server.go:2120

3 @ 0x1 0x4
# labels: {"a":"b"}
#	0x47b0d2	internal/poll.runtime_pollWait+0x72	/go/src/runtime/netpoll.go:351
#	0x6b2a30	storefront/internal/h1.(*conn).read+0x1	/src/conn.go:1
#	0x6b2a31	net/http.(*conn).serve+0x456	/go/src/net/http/server.go:2120

1 @ 0x5
#	0x1	main.main+0x1	/src/main.go:1

`

func read(t *testing.T, text string) profile.Goroutines {
	t.Helper()

	all, err := profile.ReadGoroutines(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}

	return all
}

func TestBusyAreThoseThatNoKeptConnectionNeeds(t *testing.T) {
	t.Parallel()

	all := read(t, goroutines)
	if all.Total() != 8 {
		t.Errorf("there are %d", all.Total())
	}

	busy := all.Busy()
	if busy.Total() != 4 || !slices.Contains(busy[0].Functions, "storefront/internal/h1.(*conn).read") {
		t.Errorf("busy are %v", busy)
	}
}

func TestMoreSaysWhatIsLeft(t *testing.T) {
	t.Parallel()

	before := read(t, goroutines)
	after := read(t, strings.NewReplacer("total 8", "total 10", "3 @", "5 @").Replace(goroutines))

	more := after.More(before)
	if len(more) != 1 || more[0].String() != "2 × net/http.(*conn).serve > storefront/internal/h1.(*conn).read > internal/poll.runtime_pollWait" {
		t.Errorf("more are %v", more)
	}

	if less := before.More(after); len(less) != 0 {
		t.Errorf("fewer are %v more", less)
	}
}

// What the runtime of today writes can be read.
func TestProfilesOfThisProgram(t *testing.T) {
	t.Parallel()

	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}

	if all := read(t, text.String()); all.Busy().Total() == 0 {
		t.Error("a running test has no goroutine")
	}

	text.Reset()

	if err := pprof.Lookup("heap").WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}

	heap, err := profile.ReadHeap(&text)
	if err != nil || heap.Alloc <= 0 || heap.InUse < heap.Alloc/2 {
		t.Errorf("the heap is %+v, %v", heap, err)
	}
}

func TestWhatIsNoProfileIsRefused(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"nothing":         "",
		"a page of HTML":  "<!doctype html>",
		"no number":       "goroutine profile: total many",
		"less than said":  "goroutine profile: total 2\n1 @ 0x1\n",
		"an endless line": "goroutine profile: total 1\n" + strings.Repeat("x", 1<<17),
	} {
		if all, err := profile.ReadGoroutines(strings.NewReader(text)); err == nil {
			t.Errorf("%s: goroutines %v", name, all)
		}

		if heap, err := profile.ReadHeap(strings.NewReader(text)); err == nil {
			t.Errorf("%s: heap %v", name, heap)
		}
	}
}

func FuzzReadGoroutines(f *testing.F) {
	f.Add(goroutines)
	f.Add("goroutine profile: total 1\n1 @\n# 0x1 \n")

	f.Fuzz(func(t *testing.T, text string) {
		all, err := profile.ReadGoroutines(strings.NewReader(text))
		if err != nil {
			return
		}

		if busy := all.Busy().Total(); busy < 0 || busy > all.Total() {
			t.Errorf("%d of %d are busy", busy, all.Total())
		}
	})
}

func FuzzReadHeap(f *testing.F) {
	f.Add("# HeapAlloc = 1\n# HeapInuse = 2\n")

	f.Fuzz(func(t *testing.T, text string) {
		if heap, err := profile.ReadHeap(strings.NewReader(text)); err == nil && min(heap.Alloc, heap.InUse) < 0 {
			t.Errorf("%+v", heap)
		}
	})
}
