package resilience_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/wire"
)

// transport answers in place of a service.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// says is a transport that gives one body under some headers, of a length that
// is not told.
func says(header http.Header, body io.Reader) transport {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(body), ContentLength: -1}, nil
	}
}

const user1 = `{"id":"user_1","name":"Name of user_1"}`

func TestWhatCountsAsJSON(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		header http.Header
		want   fault.Kind
	}{
		"none at all":       {http.Header{}, fault.None},
		"plain":             {http.Header{"Content-Type": {"application/json"}}, fault.None},
		"with a charset":    {http.Header{"Content-Type": {"application/json; charset=utf-8"}}, fault.None},
		"in capitals":       {http.Header{"Content-Type": {"Application/JSON"}}, fault.None},
		"a kind of JSON":    {http.Header{"Content-Type": {"application/vnd.api+json"}}, fault.None},
		"a page":            {http.Header{"Content-Type": {"text/html"}}, fault.InvalidResponse},
		"JSON in its name":  {http.Header{"Content-Type": {"text/html; a=+json"}}, fault.InvalidResponse},
		"lines of JSON":     {http.Header{"Content-Type": {"application/jsonl"}}, fault.InvalidResponse},
		"no type":           {http.Header{"Content-Type": {"application/json; ;;"}}, fault.InvalidResponse},
		"packed, not asked": {http.Header{"Content-Encoding": {"gzip"}}, fault.InvalidResponse},
		"packed in nothing": {http.Header{"Content-Encoding": {"Identity"}}, fault.None},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				k.options.Lean, k.options.Transport = false, says(test.header, strings.NewReader(user1))

				if got := get(t.Context(), k.service("user"), "user_1"); got.kind() != test.want {
					t.Errorf("got %v, want %v", got.err, test.want)
				}
			})
		})
	}
}

// TestAnyContent: where any content is taken, what it is called says little, and
// what neither is called JSON nor looks like it is no answer of the service.
// Refused is told of what nobody has read, and the circuit opens for no other.
func TestAnyContent(t *testing.T) {
	t.Parallel()

	const often = 12

	tests := map[string]struct {
		content, body string
		kind          fault.Kind // of the last of many
		read, refused int
	}{
		"text":              {"text/plain", user1, fault.None, often, 0},
		"behind a mark":     {"text/plain", "\ufeff \r\n" + user1, fault.None, often, 0},
		"JSON":              {"application/json", user1, fault.None, often, 0},
		"a broken one":      {"text/plain", user1[1:5] + "{", fault.CircuitOpen, 0, 10},
		"broken, an object": {"text/plain", user1[:5], fault.InvalidResponse, often, 0},
		"a page":            {"text/html", "<html>", fault.CircuitOpen, 0, 10},
		"nothing":           {"text/html", "", fault.CircuitOpen, 0, 10},
		"a page as JSON":    {"application/json", "<html>", fault.InvalidResponse, often, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				k.options.Lean, k.options.Transport = false, transport(func(*http.Request) (*http.Response, error) {
					return says(http.Header{"Content-Type": {test.content}}, strings.NewReader(test.body))(nil)
				})
				s := k.service("user")
				read, refused := 0, 0

				var last answer
				for range often {
					last = getWith(t.Context(), s, resilience.Request{
						Path: "/users/user_1", Names: true, OfOne: true, AnyContent: true, Refused: func() { refused++ },
					}, func(r *wire.Reader) text {
						read++

						r.PassMark()

						return nameOf("user_1")(r)
					})
				}

				if last.kind() != test.kind || read != test.read || refused != test.refused {
					t.Errorf("got %v, read %d, refused %d", last.err, read, refused)
				}
			})
		})
	}
}

// TestLongestBody is 8 MiB, to the byte. What comes after is not needed to
// understand the answer: it is too long all the same.
func TestLongestBody(t *testing.T) {
	t.Parallel()

	for excess, want := range map[int]fault.Kind{0: fault.None, 1: fault.InvalidResponse} {
		synctest.Test(t, func(t *testing.T) {
			k := newKit(t)
			body := user1 + strings.Repeat(" ", 8<<20-len(user1)+excess)
			k.options.Lean, k.options.Transport = false, says(http.Header{}, strings.NewReader(body))

			if got := get(t.Context(), k.service("user"), "user_1"); got.kind() != want {
				t.Errorf("%d bytes too many: got %v, want %v", excess, got.err, want)
			}
		})
	}
}

// TestNothingIsEvenTried when the budget is spent.
func TestNothingIsEvenTried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		tried := 0
		k.options.Lean, k.options.Transport = false, transport(func(r *http.Request) (*http.Response, error) {
			tried++

			return nil, r.Context().Err()
		})

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		get(ctx, k.service("user"), "user_1")
		synctest.Wait()

		if tried != 0 {
			t.Errorf("tried %d times", tried)
		}
	})
}

// TestBodiesAreClosed, whatever they hold.
func TestBodiesAreClosed(t *testing.T) {
	t.Parallel()

	for name, response := range map[string]http.Response{
		"good":     {StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(user1))},
		"bad JSON": {StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{"))},
		"failing":  {StatusCode: http.StatusBadGateway, Body: io.NopCloser(strings.NewReader("oops"))},
		"long":     {StatusCode: http.StatusBadGateway, ContentLength: 1 << 30, Body: io.NopCloser(strings.NewReader("oops"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKit(t)
				body := &closing{Reader: response.Body}
				k.options.Lean, k.options.Transport = false, transport(func(*http.Request) (*http.Response, error) {
					answer := response
					answer.Body = body

					return &answer, nil
				})
				get(t.Context(), k.service("user"), "user_1")

				if !body.closed {
					t.Error("it was left open")
				}
			})
		})
	}
}

type closing struct {
	io.Reader

	closed bool
}

func (c *closing) Close() error {
	c.closed = true

	return nil
}
