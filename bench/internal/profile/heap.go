package profile

import (
	"io"
	"strings"
)

// Heap is what a program's heap holds, in bytes.
type Heap struct {
	// Alloc is what its objects take (HeapAlloc).
	Alloc int64
	// InUse is the memory with at least one object in it (HeapInuse).
	InUse int64
}

// ReadHeap reads /debug/pprof/heap?debug=1; with gc=1 there was a collection
// just before.
func ReadHeap(from io.Reader) (Heap, error) {
	lines, rest := scanner(from)
	heap := Heap{Alloc: -1, InUse: -1}

	for lines.Scan() {
		name, value, found := strings.Cut(lines.Text(), " = ")
		if !found {
			continue
		}

		switch name {
		case "# HeapAlloc":
			heap.Alloc = int64(number(value))
		case "# HeapInuse":
			heap.InUse = int64(number(value))
		}
	}

	if lines.Err() != nil || rest.N <= 0 || heap.Alloc < 0 || heap.InUse < 0 {
		return Heap{}, errForm
	}

	return heap, nil
}
