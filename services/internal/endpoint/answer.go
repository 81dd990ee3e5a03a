package endpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// What Cache-Control may say. Private answers are about one person: only that
// person's own cache may keep them, and must ask each time whether they hold.
const (
	Private        = "private, no-cache"
	PublicMinute   = "public, max-age=60"
	PublicDay      = "public, max-age=86400"
	neverCached    = "no-store"
	pictureContent = "image/svg+xml"
	jsonContent    = "application/json"
)

// Answer is a 200 about to be sent.
type Answer struct {
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

// write sends the answer with a strong entity tag of its content; ServeContent
// answers HEAD, If-None-Match and ranges from it.
func (a Answer) write(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256(a.body)
	header := w.Header()
	header.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	header.Set("Content-Type", a.contentType)
	header.Set("Cache-Control", a.cacheControl)
	if a.securityPolicy != "" {
		header.Set("Content-Security-Policy", a.securityPolicy)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}
