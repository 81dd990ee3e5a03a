package load

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func parse(text string) (*response, error) {
	r := &response{reader: bufio.NewReaderSize(strings.NewReader(text), 4<<10)}

	return r, r.read()
}

func TestAnswersAreRead(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		text, body string
		status     int
	}{
		"length":             {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 200},
		"no reason":          {"HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello", "hello", 200},
		"empty":              {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "", 503},
		"same length twice":  {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "x", 200},
		"chunks":             {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, chunked!\r\n0\r\n\r\n", "hello, chunked!", 200},
		"trailer":            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n", "x", 200},
		"not modified":       {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", 304},
		"no content":         {"HTTP/1.1 204 No Content\r\n\r\n", "", 204},
		"line feeds alone":   {"HTTP/1.1 200 OK\nContent-Length: 1\n\nx", "x", 200},
		"stays open":         {"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", "x", 200},
		"chunks over length": {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "x", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r, err := parse(c.text)
			if err != nil || r.status != c.status || string(r.body) != c.body {
				t.Errorf("%d %q, %v", r.status, r.body, err)
			}
		})
	}
}

func TestWhatIsNoAnswerIsRefused(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"nothing":            "",
		"another protocol":   "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
		"status too short":   "HTTP/1.1 20\r\nContent-Length: 1\r\n\r\nx",
		"status too long":    "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx",
		"status of letters":  "HTTP/1.1 abc OK\r\nContent-Length: 1\r\n\r\nx",
		"informational":      "HTTP/1.1 100 Continue\r\n\r\n",
		"no end of head":     "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n",
		"cut short":          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx",
		"two lengths":        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
		"signed length":      "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
		"no length":          "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
		"too long":           "HTTP/1.1 200 OK\r\nContent-Length: 8388609\r\n\r\nx",
		"beyond all numbers": "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
		"until it closes":    "HTTP/1.1 200 OK\r\n\r\nx",
		"closes":             "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx",
		"unknown coding":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
		"no colon":           "HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n",
		"folded":             "HTTP/1.1 200 OK\r\nA: b\r\n Content-Length: 1\r\n\r\nx",
		"blank in a name":    "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx",
		"chunk without size": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
		"chunk of letters":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"chunk runs on":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
		"chunk cut short":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
		"no last chunk":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
		"no end of trailer":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n",
		"line too long":      "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 5<<10) + "\r\n\r\n",
		"head too long":      "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("b", 1<<10)+"\r\n", 65) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if r, err := parse(text); err == nil {
				t.Errorf("%d %q passes", r.status, r.body)
			}
		})
	}
}

func TestAnswersFollowEachOther(t *testing.T) {
	t.Parallel()

	const (
		long  = "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlong\r\n0\r\n\r\n"
		short = "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx"
	)

	r := &response{reader: bufio.NewReader(strings.NewReader(long + short + long))}

	for _, want := range []struct {
		status    int
		tag, body string
	}{{200, `"one"`, "long"}, {404, "", "x"}, {200, `"one"`, "long"}} {
		if err := r.read(); err != nil || r.status != want.status || string(r.body) != want.body || r.header.Get("etag") != want.tag {
			t.Errorf("%d %q %q, %v; want %v", r.status, r.header, r.body, err, want)
		}
	}
}

// What both this reader and net/http's take has to mean the same to them.
func FuzzResponse(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
	} {
		f.Add([]byte(text))
	}

	f.Fuzz(func(t *testing.T, text []byte) {
		ours := &response{reader: bufio.NewReader(bytes.NewReader(text))}
		if ours.read() != nil {
			return
		}

		theirs, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
		if err != nil {
			return
		}

		body, err := io.ReadAll(theirs.Body)
		_ = theirs.Body.Close() // Only bytes in memory.

		if err == nil && (ours.status != theirs.StatusCode || !bytes.Equal(ours.body, body)) {
			t.Errorf("%d %q, want %d %q", ours.status, ours.body, theirs.StatusCode, body)
		}
	})
}
