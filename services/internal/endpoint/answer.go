package endpoint

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// What Cache-Control may say. Private answers are about one person: only that
// person's own cache may keep them, and must ask each time whether they hold.
const (
	Private        = "private, no-cache"
	PublicMinute   = "public, max-age=60"
	PublicDay      = "public, max-age=86400"
	Unsaid         = "" // an old system's way: neither Cache-Control nor ETag
	neverCached    = "no-store"
	pictureContent = "image/svg+xml"
	jsonContent    = "application/json"
)

// Answer is what is about to be sent.
type Answer struct {
	status                                    int // 0 is 200
	contentType, cacheControl, securityPolicy string
	body                                      []byte
}

// JSON answers with a value as compact JSON. Text stays as it is: "&" is sent
// as "&", since nobody reads these answers as HTML.
func JSON(cacheControl string, value any) (Answer, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return Answer{}, fmt.Errorf("encode the answer: %w", err)
	}
	return Answer{contentType: jsonContent, cacheControl: cacheControl, body: body.Bytes()}, nil
}

// Picture answers with an SVG drawing that may load and run nothing, whoever
// opens it.
func Picture(svg []byte) Answer {
	return Answer{
		contentType: pictureContent, cacheControl: PublicDay, body: svg,
		securityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
	}
}

// Raw answers with any status and bytes, whatever the content type says of them,
// and nothing about caching.
func Raw(status int, contentType string, body []byte) Answer {
	return Answer{status: status, contentType: contentType, body: body}
}

// write sends the answer, where anything is said of caching with a strong entity
// tag of its content; ServeContent answers HEAD, If-None-Match and ranges from it.
func (a Answer) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	if a.cacheControl == Unsaid {
		a.writePlain(w, r)
		return
	}
	sum := sha256.Sum256(a.body)
	header.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	header.Set("Cache-Control", a.cacheControl)
	if a.securityPolicy != "" {
		header.Set("Content-Security-Policy", a.securityPolicy)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

// writePlain sends status and bytes, and knows no conditions.
func (a Answer) writePlain(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(cmp.Or(a.status, http.StatusOK))
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // the client is gone: nobody is left to tell
	}
}
