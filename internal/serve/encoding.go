package serve

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoding is a content coding, cheapest to make last, so that a larger one is
// preferred where the client does not mind.
type encoding uint8

const (
	identity encoding = iota
	gzipped
	brotlied
	zstandard
)

// minCompressed is the shortest body that is compressed, in bytes: below it
// the header costs more than it saves.
const minCompressed = 128

// String is the coding's token in Content-Encoding.
func (e encoding) String() string {
	return [...]string{identity: "identity", gzipped: "gzip", brotlied: "br", zstandard: "zstd"}[e]
}

// negotiate returns the best coding that Accept-Encoding headers allow:
// highest weight first, then the one that is cheapest to make.
func negotiate(accept []string) encoding {
	if len(accept) == 0 {
		return identity
	}

	var weights [zstandard + 1]int // thousandths, by coding; 0 is not acceptable

	wildcard, named := 0, [zstandard + 1]bool{}

	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		token, weight := weighted(part)
		if token == "*" {
			wildcard = weight

			continue
		}

		for e := identity; e <= zstandard; e++ {
			if strings.EqualFold(token, e.String()) || (e == gzipped && strings.EqualFold(token, "x-gzip")) {
				weights[e], named[e] = weight, true
			}
		}
	}

	best := identity // without a weight of its own it loses to all others

	for e := gzipped; e <= zstandard; e++ {
		if !named[e] {
			weights[e] = wildcard
		}

		if weights[e] > 0 && weights[e] >= weights[best] {
			best = e
		}
	}

	return best
}

// weighted splits "br;q=0.5" into its token and its weight in thousandths. A
// weight that is not one counts as 0.
func weighted(part string) (token string, weight int) {
	const full = 1000

	token, parameters, _ := strings.Cut(part, ";")
	token = strings.TrimSpace(token)

	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, found := strings.Cut(strings.TrimSpace(parameter), "=")
		if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}

		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return token, 0
		}

		return token, int(q * full)
	}

	return token, full
}

// compressible reports whether a body of that media type is worth compressing.
func compressible(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))

	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "json") ||
		strings.HasSuffix(media, "javascript") || strings.HasSuffix(media, "+xml")
}

// encoder is what the three libraries' writers have in common.
type encoder interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// encoders are reused: making one costs more than most bodies.
var encoders = [...]sync.Pool{ //nolint:gochecknoglobals // A pool is shared by nature.
	gzipped: {New: func() any {
		const level = 5
		w, _ := gzip.NewWriterLevel(nil, level) // The level is a valid one.

		return w
	}},
	brotlied: {New: func() any {
		const level = 4

		return brotli.NewWriterLevel(nil, level)
	}},
	zstandard: {New: func() any {
		const window = 128 << 10
		w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(window)) // The options are valid ones.

		return w
	}},
}

// compress returns body in the coding e, which is not identity. Writing to
// memory never fails.
func (e encoding) compress(body []byte) []byte {
	const ratio = 3

	packed := bytes.NewBuffer(make([]byte, 0, len(body)/ratio))
	w, _ := encoders[e].Get().(encoder)
	w.Reset(packed)
	_, _ = w.Write(body)
	_ = w.Close()
	w.Reset(nil) // The pool must not hold on to the body.
	encoders[e].Put(w)

	return packed.Bytes()
}
