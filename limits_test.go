package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"storefront/upstream/upstreamtest"
)

func TestURLTooLong(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)
	padding := strings.Repeat("x", 8<<10)

	for server, path := range map[string]string{
		"mobile": "/api/dashboard/user_1?", "tv": "/api/browse/user_1?", "web": "/api/dashboard/user_1?",
	} {
		if got := p.get(t, server, path+padding); got.status != http.StatusRequestURITooLong || !got.isProblem() {
			t.Errorf("%s: %d %s", server, got.status, got.body)
		}
	}

	got := p.get(t, "web", "/graphql?query="+padding)
	if got.status != http.StatusRequestURITooLong || !strings.Contains(string(got.body), `{"errors":[{"message":`) {
		t.Errorf("web GraphQL: %d %s", got.status, got.body)
	}
}

func TestGraphQLBodyTooLarge(t *testing.T) {
	t.Parallel()

	const most = 100 << 10

	p := startOver(t, upstreamtest.NewTCP(t), nil)
	query := `{"query":"{__typename}"}`

	for _, media := range []string{"application/json", "application/graphql-response+json"} {
		for size, want := range map[int]int{most: http.StatusOK, most + 1: http.StatusRequestEntityTooLarge, 50 * most: http.StatusRequestEntityTooLarge} {
			got := p.ask(t, request{
				Server: "web", Method: http.MethodPost, Path: "/graphql", Body: query + strings.Repeat(" ", size-len(query)),
				Headers: map[string]string{"Content-Type": "application/json", "Accept": media},
			})
			if got.status != want || got.header.Get("Content-Type") != media+"; charset=utf-8" {
				t.Errorf("%d bytes, %s: %d %s %s", size, media, got.status, got.header.Get("Content-Type"), got.body)
			}
		}
	}
}

// What an operation may ask for is bounded: the words it has, the values in its
// answer, the calls it takes.
func TestGraphQLOperationTooLarge(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	p := startOver(t, shop, nil)
	product := `product { id name price image description reviews rating specs { name value } }`

	var aliases, users strings.Builder
	for i := range 70 {
		fmt.Fprintf(&aliases, " a%d: orders(first: 50) { items { %s } }", i, product)
		fmt.Fprintf(&users, " u%d: user(id: %d) { name }", i, i)
	}

	for name, query := range map[string]string{
		"words":      "{" + strings.Repeat(" __typename", 5000) + "}",
		"depth":      strings.Repeat("{a", 20_000),
		"directives": "{ __typename " + strings.Repeat("@skip(if: false) ", 3000) + "}",
		"values":     `{ user(id: "u") {` + aliases.String() + " } }",
		"calls":      "{" + users.String() + " }",
		"fragments":  "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
	} {
		got := p.graphql(t, query)
		if got.status != http.StatusOK || !strings.Contains(string(got.body), `"BAD_USER_INPUT"`) || strings.Contains(string(got.body), `"data"`) {
			t.Errorf("%s: %d %.500s", name, got.status, got.body)
		}
	}

	if calls := len(sent(shop)); calls > 0 {
		t.Errorf("the services were asked %d times", calls)
	}
}

// A body that trickles in is not waited for longer than the budget.
func TestBodyThatNeverEnds(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), settings{"WEB_BUDGET": "300ms"})
	got := p.raw(t, "web", "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"query\":")

	if got.status != http.StatusRequestTimeout || !strings.Contains(string(got.body), `"errors"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// Behind a body that is no HTTP nothing is read for a request: the connection ends
// with its answer, whoever wanted the body.
func TestNothingIsReadBehindABadBody(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for name, body := range map[string]string{"a bad size": "5\r\nabcde\r\nZZ\r\n", "a bad trailer": "5\r\nabcde\r\n0\r\nbad trailer\r\n\r\n", "a negative size": "-1\r\n"} {
		for server, head := range map[string]string{
			"web": "POST /graphql", "mobile": "POST /api/dashboard/user_1", "tv": "GET /api/browse/user_1", "ops": "PUT /strangler/routes",
		} {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.urls[server], "http://"))
			if err != nil {
				t.Fatal(err)
			}

			_ = conn.SetDeadline(time.Now().Add(patience))
			_, _ = fmt.Fprint(conn, head+" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+body+"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n")

			text, err := io.ReadAll(conn)
			if n := strings.Count(string(text), "HTTP/1.1 "); n != 1 || err != nil {
				t.Errorf("%s, %s: %d answers, %v", server, name, n, err)
			}

			_ = conn.Close()
		}
	}
}

// What is no HTTP request, or has more than 32 KiB of headers, is refused before
// any handler sees it: in problem details with a request id all the same.
func TestWhatIsNoRequestIsRefused(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), nil)

	for name, test := range map[string]struct {
		text   string
		status int
	}{
		"headers too large":     {"GET / HTTP/1.1\r\nHost: a\r\nX-Padding: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a path that is none":   {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", http.StatusBadRequest},
		"no host":               {"GET / HTTP/1.1\r\n\r\n", http.StatusBadRequest},
		"no request":            {"nonsense\r\n\r\n", http.StatusBadRequest},
		"a header that is none": {"GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\x01b\r\n\r\n", http.StatusBadRequest},
	} {
		for _, server := range []string{"web", "mobile", "tv", "ops"} {
			got := p.raw(t, server, test.text)
			if got.status != test.status || !got.isProblem() {
				t.Errorf("%s, %s: %d %v %s", name, server, got.status, got.header, got.body)
			}

			for _, fault := range got.faults(nil) {
				t.Errorf("%s, %s: %s", name, server, fault)
			}
		}
	}
}

// raw sends bytes as they are and returns the answer.
func (p *process) raw(t *testing.T, server, text string) answer {
	t.Helper()

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.urls[server], "http://"))
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	if err = conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}

	if _, err = fmt.Fprint(conn, text); err != nil {
		t.Fatal(err)
	}

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}

	content, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}

	return answer{status: response.StatusCode, header: response.Header, body: content}
}
