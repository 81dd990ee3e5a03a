package rest

import "sync"

// maxBuffer is the most bytes that a buffer keeps between pages.
const maxBuffer = 256 << 10

// buffers are what pages are written into.
var buffers sync.Pool //nolint:gochecknoglobals // A pool has to be shared.

// takeBuffer returns an empty buffer, with room for a page if there was one.
func takeBuffer() []byte {
	if buffer, ok := buffers.Get().(*[]byte); ok {
		return (*buffer)[:0]
	}

	return nil
}

// giveBuffer lets the next page have a buffer that nobody looks at any more.
func giveBuffer(buffer []byte) {
	if cap(buffer) <= maxBuffer {
		buffers.Put(&buffer)
	}
}
