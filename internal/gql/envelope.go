package gql

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// envelope is a request as GraphQL over HTTP writes it.
type envelope struct {
	Query         string         `json:"query"`
	DocumentID    string         `json:"documentId"`    //nolint:tagliatelle // GraphQL over HTTP spells it so.
	OperationName string         `json:"operationName"` //nolint:tagliatelle // GraphQL over HTTP spells it so.
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
}

// read returns the operation that a request asks for. Its errors are refusals.
func (t trusted) read(r *http.Request) (*graphql.RawParams, error) {
	if r.Method == http.MethodGet {
		return t.readURL(r)
	}

	return t.readBody(r)
}

func (t trusted) readURL(r *http.Request) (*graphql.RawParams, error) {
	query := r.URL.Query()
	envelope := envelope{Query: query.Get("query"), DocumentID: query.Get("documentId"), OperationName: query.Get("operationName")}

	for name, field := range map[string]*map[string]any{"variables": &envelope.Variables, "extensions": &envelope.Extensions} {
		if text := query.Get(name); text != "" {
			if err := decode(strings.NewReader(text), field); err != nil {
				return nil, &refusal{http.StatusBadRequest, name + " must be a JSON object"}
			}
		}
	}

	return t.params(&envelope, r)
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // A pool is shared by nature.

func (t trusted) readBody(r *http.Request) (*graphql.RawParams, error) {
	if err := checkContentType(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}

	body, _ := bodies.Get().(*bytes.Buffer)

	defer func() {
		if body.Cap() <= maxPooled {
			body.Reset()
			bodies.Put(body)
		}
	}()

	_, err := body.ReadFrom(r.Body)

	if err == nil {
		if usual, ok := scan(body.Bytes()); ok {
			return t.params(&usual, r)
		}
	}

	// The body is unusual or wrong. What is said about it is said by one decoder,
	// which sees what came, and then the error with which it ended.
	var envelope envelope
	if err = decode(io.MultiReader(body, &failing{err}), &envelope); err != nil {
		return nil, unreadable(err)
	}

	return t.params(&envelope, r)
}

// failing is the end of a body.
type failing struct{ err error }

// Read fails.
func (f *failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}

	return 0, f.err
}

// unreadable says what is wrong with a body that could not be decoded.
func unreadable(err error) error {
	var (
		tooLarge *http.MaxBytesError
		timeout  interface{ Timeout() bool }
	)

	switch {
	case errors.As(err, &tooLarge):
		return errTooLarge
	case errors.As(err, &timeout) && timeout.Timeout():
		return errTooLate
	default:
		return errNoObject
	}
}

// params is what an envelope asks for, with the text of the document that it
// names.
func (t trusted) params(e *envelope, r *http.Request) (*graphql.RawParams, error) {
	sent := strings.TrimSpace(e.Query) != ""

	switch text, known := t[e.DocumentID]; {
	case e.DocumentID == "" && !sent:
		return nil, errNoQuery
	case e.DocumentID != "" && sent:
		return nil, errBoth
	case e.DocumentID != "" && !known:
		return nil, errUnknown
	case known:
		e.Query = text
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
