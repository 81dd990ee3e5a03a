package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Media types of the GraphQL-over-HTTP specification. With mediaGraphQL the
// status tells whether the request was understood; with mediaJSON, which older
// clients expect, it tells only whether it could be read.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// refusal is a request that is not GraphQL over HTTP.
type refusal struct {
	status  int
	message string
}

// Error is the message that a client reads.
func (r *refusal) Error() string { return r.message }

// ServeHTTP answers GET and POST as the GraphQL-over-HTTP specification says;
// the router lets no other method through.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media := accepted(r.Header.Values("Accept"))

	params, err := read(r)
	if err == nil && r.Method == http.MethodGet && !h.documents.onlyQueries(params) {
		err = &refusal{http.StatusMethodNotAllowed, "GET is for queries alone"}
	}

	if err != nil {
		var refused *refusal
		if !errors.As(err, &refused) {
			refused = &refusal{status: http.StatusBadRequest, message: "the request cannot be read"}
		}

		if refused.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", "POST")
		}

		write(w, media, refused.status, answer{Errors: badInput(gqlerror.List{gqlerror.Errorf("%s", refused.message)})})

		return
	}

	result := h.execute(r.Context(), params)

	status := http.StatusOK
	if result.Data == nil && media == mediaGraphQL {
		status = http.StatusBadRequest
	}

	write(w, media, status, result)
}

// read returns the operation that a request asks for. Its errors are refusals.
func read(r *http.Request) (*graphql.RawParams, error) {
	if r.Method == http.MethodGet {
		return readURL(r)
	}

	return readBody(r)
}

func readURL(r *http.Request) (*graphql.RawParams, error) {
	query := r.URL.Query()
	envelope := envelope{Query: query.Get("query"), OperationName: query.Get("operationName")}

	for name, field := range map[string]*map[string]any{"variables": &envelope.Variables, "extensions": &envelope.Extensions} {
		if text := query.Get(name); text != "" {
			if err := decode(strings.NewReader(text), field); err != nil {
				return nil, &refusal{http.StatusBadRequest, name + " must be a JSON object"}
			}
		}
	}

	return envelope.params(r)
}

func readBody(r *http.Request) (*graphql.RawParams, error) {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON {
		return nil, &refusal{http.StatusUnsupportedMediaType, "the Content-Type must be application/json"}
	}

	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, &refusal{http.StatusUnsupportedMediaType, "the charset must be utf-8"}
	}

	var envelope envelope

	err = decode(r.Body, &envelope)

	var tooLarge *http.MaxBytesError

	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	case isTimeout(err):
		return nil, &refusal{http.StatusRequestTimeout, "the body did not arrive in time"}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, `the body must be a JSON object with "query"`}
	}

	return envelope.params(r)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }

	return errors.As(err, &timeout) && timeout.Timeout()
}

// envelope is a request as GraphQL over HTTP writes it.
type envelope struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
}

func (e *envelope) params(r *http.Request) (*graphql.RawParams, error) {
	if strings.TrimSpace(e.Query) == "" {
		return nil, &refusal{http.StatusBadRequest, "query is missing"}
	}

	return &graphql.RawParams{
		Query: e.Query, OperationName: e.OperationName, Variables: e.Variables, Extensions: e.Extensions, Headers: r.Header,
	}, nil
}

var errTrailing = errors.New("more after the end of the value")

// decode reads exactly one JSON value, numbers with their digits.
func decode(from io.Reader, to any) error {
	decoder := json.NewDecoder(from)
	decoder.UseNumber()

	if err := decoder.Decode(to); err != nil {
		return err //nolint:wrapcheck // The caller looks at its kind.
	}

	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.Join(errTrailing, err) // The rest may be too large, or late.
	}

	return nil
}

// accepted chooses the media type of the answer: the newer one for clients that
// name it, the older one for all others.
func accepted(accept []string) string {
	for _, header := range accept {
		for part := range strings.SplitSeq(header, ",") {
			media, parameters, err := mime.ParseMediaType(part)
			if err == nil && media == mediaGraphQL && parameters["q"] != "0" {
				return mediaGraphQL
			}
		}
	}

	return mediaJSON
}

func write(w http.ResponseWriter, media string, status int, result answer) {
	var body bytes.Buffer

	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)

	if err := encoder.Encode(result); err != nil {
		panic(err) // What the executor made can be encoded, or the program is wrong.
	}

	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Authorization")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimSuffix(body.Bytes(), []byte("\n"))) // The client may be gone.
}
