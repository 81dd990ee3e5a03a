package gql

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/internal/etag"
	"storefront/internal/page"
)

// refusal is a request that is not GraphQL over HTTP.
type refusal struct {
	status  int
	message string
}

// Error is the message that a client reads.
func (r *refusal) Error() string { return r.message }

var (
	errNotJSON  = &refusal{http.StatusUnsupportedMediaType, "the Content-Type must be application/json"}
	errCharset  = &refusal{http.StatusUnsupportedMediaType, "the charset must be utf-8"}
	errTooLarge = &refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	errTooLate  = &refusal{http.StatusRequestTimeout, "the body did not arrive in time"}
	errNoObject = &refusal{http.StatusBadRequest, `the body must be a JSON object with "query"`}
	errNoQuery  = &refusal{http.StatusBadRequest, "query is missing"}
	errUnknown  = &refusal{http.StatusBadRequest, "documentId names no document that is known here"}
	errBoth     = &refusal{http.StatusBadRequest, "query and documentId exclude each other"}
	errMutation = &refusal{http.StatusMethodNotAllowed, "GET is for queries alone"}
)

// ServeHTTP answers GET and POST as the GraphQL-over-HTTP specification says;
// the router lets no other method through.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media := accepted(r.Header.Values("Accept"))

	params, err := h.trusted.read(r)
	if err == nil && r.Method == http.MethodGet && !h.documents.onlyQueries(params) {
		err = errMutation
	}

	if err != nil {
		refuse(w, media, err)

		return
	}

	result := h.execute(r.Context(), params)

	if result.written != nil {
		defer result.written.release()
	}

	status := http.StatusOK
	if result.data == nil && media == mediaGraphQL {
		status = http.StatusBadRequest
	}

	if r.Method == http.MethodGet && result.maxAge > 0 && status == http.StatusOK {
		sendKept(w, r, media, &result)

		return
	}

	if result.whole {
		page.Whole(r.Context(), result.terms)
	}

	writeHeader(w.Header(), media)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	result.writeTo(w)
}

// refuse tells why a request is not executed.
func refuse(w http.ResponseWriter, media string, err error) {
	var refused *refusal
	if !errors.As(err, &refused) {
		refused = &refusal{status: http.StatusBadRequest, message: "the request cannot be read"}
	}

	if refused.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "POST")
	}

	result := answer{errors: BadInput(gqlerror.List{gqlerror.Errorf("%s", refused.message)})}

	writeHeader(w.Header(), media)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(refused.status)
	result.writeTo(w)
}

// sendKept answers with what the client may keep, or says that what it has is
// still good.
func sendKept(w http.ResponseWriter, r *http.Request, media string, result *answer) {
	scope := "private"
	if result.terms.Public {
		scope = "public"
	}

	var body bytes.Buffer

	result.writeTo(&body)

	tag := etag.Of(body.Bytes())
	header := w.Header()
	writeHeader(header, media)
	header.Set("Cache-Control", scope+", max-age="+strconv.FormatInt(int64(result.maxAge/time.Second), 10))
	header.Set("Etag", tag)

	if etag.Matches(r.Header.Get("If-None-Match"), tag) {
		header.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)

		return // Not an answer for others: they may not have the body.
	}

	page.Whole(r.Context(), result.terms)

	_, _ = w.Write(body.Bytes()) // The client may be gone.
}

func writeHeader(header http.Header, media string) {
	header.Set("Content-Type", contentType(media))
	header.Set("Vary", "Accept, Authorization")
}
