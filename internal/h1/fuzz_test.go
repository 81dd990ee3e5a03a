package h1_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"storefront/internal/h1"
)

// theirs reads one answer as net/http does, after those that announce it. left
// are the bytes behind it.
func theirs(answer []byte) (head http.Response, body, left []byte, err error) {
	var response *http.Response

	r := bufio.NewReaderSize(bytes.NewReader(answer), len(answer)+1)

	for {
		response, err = http.ReadResponse(r, nil)
		if err != nil {
			return head, nil, nil, err
		}

		if response.StatusCode >= http.StatusOK || response.StatusCode < http.StatusContinue {
			break
		}
	}

	defer func() { _ = response.Body.Close() }()

	if body, err = io.ReadAll(response.Body); err != nil {
		return head, nil, nil, err
	}

	left, err = io.ReadAll(r)

	return *response, body, left, err
}

// FuzzReadAnswer holds what is read against net/http: whatever net/http refuses
// is refused, and whatever is not has the same status, fields, body and end.
//
// The one exception are fields named by Trailer that no trailer may have. Here
// trailers are skipped, whatever they are called.
func FuzzReadAnswer(f *testing.F) {
	for _, test := range answers() {
		if len(test.bytes) > 1000 { // Long ones are slow and teach nothing.
			continue
		}

		f.Add([]byte(test.bytes))
		f.Add([]byte(test.bytes + hello))
	}

	f.Fuzz(func(t *testing.T, answer []byte) {
		var a, b h1.Answer

		const maxHeader = 64 << 10

		keep, left, err := h1.ReadAnswer(bytes.NewReader(answer), max(len(answer), 1), maxHeader, maxBody, &a)

		// Where the pieces end must not matter.
		source := bytes.NewReader(answer)
		keepB, leftB, errB := h1.ReadAnswer(source, 7, maxHeader, maxBody, &b)

		if (err == nil) != (errB == nil) || err != nil && err.Error() != errB.Error() {
			t.Fatalf("error %v, and in pieces %v", err, errB)
		}

		if err != nil {
			return
		}

		rest, _ := io.ReadAll(source)
		if keep != keepB || a.Status != b.Status || !bytes.Equal(a.Body, b.Body) || !bytes.Equal(left, slices.Concat(leftB, rest)) {
			t.Fatalf("%d %q, then %q (%t), and in pieces %d %q, then %q+%q (%t)", a.Status, a.Body, left, keep, b.Status, b.Body, leftB, rest, keepB)
		}

		response, body, theirLeft, err := theirs(answer)
		if err != nil {
			if strings.Contains(err.Error(), "bad trailer key") {
				t.Skip()
			}

			t.Fatalf("read %d %q, but net/http says %v", a.Status, a.Body, err)
		}

		if a.Status != response.StatusCode || !bytes.Equal(a.Body, body) {
			t.Errorf("read %d %q, but net/http %d %q", a.Status, a.Body, response.StatusCode, body)
		}

		if keep && (response.Close || !bytes.Equal(left, theirLeft)) {
			t.Errorf("%q is left, but for net/http %q, close %t", left, theirLeft, response.Close)
		}

		compareFields(t, &a, response.Header)
	})
}

// compareFields leaves out those that net/http takes out of the header or adds.
func compareFields(t *testing.T, a *h1.Answer, header http.Header) {
	t.Helper()

	for name, want := range header {
		if name == "Content-Length" || name == "Cache-Control" {
			continue
		}

		var got []string
		for value := range a.Values(name) {
			got = append(got, string(value))
		}

		if !slices.Equal(got, want) {
			t.Errorf("%s is %q, but for net/http %q", name, got, want)
		}
	}
}
