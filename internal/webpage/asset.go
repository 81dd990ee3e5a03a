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
	gzipped     func() ([]byte, error)
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

	asIs := func() ([]byte, error) { return stored, nil }
	sum := checksum(stored)
	made := asset{url: under + sum[:16] + "/" + name, etag: etag(sum), contentType: contentType}

	if zipped {
		made.body, made.gzipped = sync.OnceValues(func() ([]byte, error) { return inflate(stored) }), asIs
	} else {
		made.body, made.gzipped = asIs, sync.OnceValues(func() ([]byte, error) { return deflate(stored) })
	}

	return made, nil
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

// deflate waits until somebody asks as well, and is done once.
func deflate(body []byte) ([]byte, error) {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(body); err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}

	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}

	return packed.Bytes(), nil
}

// ServeHTTP answers with the file, in gzip for those who take it. The pipe
// around this handler is asked to leave it at that: packing a megabyte anew for
// each request costs more than all else.
func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := a.body

	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable, no-transform")
	h.Set("Vary", "Accept-Encoding")

	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")

		body = a.gzipped
	}

	bytes, err := body()
	if err != nil {
		problem.Write(w, r, problem.New(http.StatusInternalServerError, "This file cannot be read."))

		return
	}

	serve(w, r, a.contentType, a.etag, bytes)
}

// acceptsGzip reports whether a client takes gzip without looking at how much
// it likes other codings: there is only this one.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, weighted := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		refused := weighted && strings.Trim(weight, "q=0.") == "" // q=0, q=0.0, …

		if strings.EqualFold(coding, "gzip") && !refused {
			return true
		}
	}

	return false
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
