package workload

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

var (
	errEncoding = errors.New("a content encoding that was not asked for")
	errTooLong  = errors.New("the unpacked body is too long")
)

// unpack undoes a Content-Encoding; the standard library knows gzip alone.
func unpack(encoding string, packed []byte) ([]byte, error) {
	const longest = 8 << 20

	if encoding != "gzip" {
		return nil, fmt.Errorf("%w: %s", errEncoding, encoding)
	}

	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}

	body, err := io.ReadAll(io.LimitReader(unpacked, longest+1))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}

	if len(body) > longest {
		return nil, errTooLong
	}

	return body, nil
}
