package webpage

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"storefront/internal/problem"
)

// asset is one file at a URL that holds the checksum of what is stored, so
// that a browser may keep it for ever: other bytes have another URL.
type asset struct {
	url         string
	etag        string
	contentType string
	body        func() ([]byte, error)
}

func newAsset(under string, source fs.FS, file string) (asset, error) {
	name, zipped := strings.CutSuffix(path.Base(file), ".gz")

	contentType, err := contentType(name)
	if err != nil {
		return asset{}, err
	}

	stored, err := fs.ReadFile(source, file)
	if err != nil {
		return asset{}, fmt.Errorf("asset: %w", err)
	}

	body := func() ([]byte, error) { return stored, nil }
	if zipped {
		body = sync.OnceValues(func() ([]byte, error) { return inflate(stored) })
	}

	sum := checksum(stored)

	return asset{url: under + sum[:16] + "/" + name, etag: etag(sum), contentType: contentType, body: body}, nil
}

var errUnknownKind = errors.New("no content type is known for this ending")

// contentType is stated here, because what the mime package answers depends on
// the machine it runs on.
func contentType(name string) (string, error) {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8", nil
	case ".js":
		return "text/javascript; charset=utf-8", nil
	case ".png":
		return "image/png", nil
	case ".svg":
		return "image/svg+xml", nil
	case ".txt":
		return "text/plain; charset=utf-8", nil
	default:
		return "", fmt.Errorf("asset %s: %w", name, errUnknownKind)
	}
}

// inflate waits until somebody asks for the file: what is large enough to be
// stored in gzip need not stand in the memory of a process that only serves
// its API.
func inflate(stored []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}

	body, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}

	return body, nil
}

// ServeHTTP answers with the file's own bytes: compression is the business of
// the pipe around this handler.
func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := a.body()
	if err != nil {
		problem.Write(w, r, problem.New(http.StatusInternalServerError, "This file cannot be read."))

		return
	}

	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	serve(w, r, a.contentType, a.etag, body)
}

// serve leaves conditions, ranges and HEAD to the standard library. There is
// no modification time: an embedded file has none, and the ETag says more.
func serve(w http.ResponseWriter, r *http.Request, contentType, etag string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func checksum(body []byte) string {
	sum := sha256.Sum256(body)

	return hex.EncodeToString(sum[:])
}

func etag(sum string) string { return `"` + sum + `"` }
