package resilience

import (
	"bytes"
	"sync"
)

// maxPooled keeps one huge answer from staying in memory for good.
const maxPooled = 256 << 10

// bodies are buffers for answers. Nothing decoded may point into one.
var bodies = bodyPool{pool: sync.Pool{New: func() any { return new(bytes.Buffer) }}} //nolint:gochecknoglobals // A pool is shared by nature.

type bodyPool struct{ pool sync.Pool }

func (p *bodyPool) get() *bytes.Buffer {
	buffer, _ := p.pool.Get().(*bytes.Buffer)

	return buffer
}

func (p *bodyPool) put(buffer *bytes.Buffer) {
	if buffer.Cap() > maxPooled {
		return
	}

	buffer.Reset()
	p.pool.Put(buffer)
}
