package h1_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"storefront/internal/h1"
)

type answerCase struct {
	name   string
	bytes  string
	status int
	body   string
	keep   bool  // the connection may be used again
	err    error // instead of an answer
}

func answers() []answerCase {
	const ok = "HTTP/1.1 200 OK\r\n"

	long := strings.Repeat("0123456789", 5000)
	bad, eof, tooLong := h1.ErrMalformed, io.ErrUnexpectedEOF, h1.ErrTooLong

	return []answerCase{
		// What is told by its length.
		{name: "length", bytes: hello, status: 200, body: "hello", keep: true},
		{name: "length 0", bytes: ok + "Content-Length: 0\r\n\r\n", status: 200, keep: true},
		{name: "long body", bytes: ok + "Content-Length: 50000\r\n\r\n" + long, status: 200, body: long, keep: true},
		{name: "equal lengths", bytes: ok + "Content-Length: 2\r\ncontent-length:2 \r\n\r\nhi", status: 200, body: "hi", keep: true},
		{name: "close", bytes: ok + "Connection: Foo , CLOSE\r\nContent-Length: 2\r\n\r\nhi", status: 200, body: "hi"},
		{name: "close in the second field", bytes: ok + "Connection: foo\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", status: 200, body: "hi"},
		{name: "short", bytes: ok + "Content-Length: 6\r\n\r\nhello", err: eof},
		{name: "no body at all", bytes: ok + "Content-Length: 6\r\n\r\n", err: eof},
		{name: "lengths differ", bytes: ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", err: bad},
		{name: "length twice in one field", bytes: ok + "Content-Length: 2, 2\r\n\r\nhi", err: bad},
		{name: "length is empty", bytes: ok + "Content-Length:\r\n\r\n", err: bad},
		{name: "length is negative", bytes: ok + "Content-Length: -1\r\n\r\n", err: bad},
		{name: "length has a plus", bytes: ok + "Content-Length: +2\r\n\r\nhi", err: bad},
		{name: "length is hexadecimal", bytes: ok + "Content-Length: 0x2\r\n\r\nhi", err: bad},
		{name: "length has an underscore", bytes: ok + "Content-Length: 1_0\r\n\r\n0123456789", err: bad},
		{name: "length overflows", bytes: ok + "Content-Length: 9223372036854775808\r\n\r\n", err: bad},
		{name: "length beyond what is taken", bytes: ok + "Content-Length: 1048577\r\n\r\n", err: tooLong},
		{name: "length beyond all", bytes: ok + "Content-Length: 9223372036854775807\r\n\r\n", err: tooLong},

		// What comes in chunks.
		{name: "chunks", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n02 \r\nlo\r\n0\r\n\r\n", status: 200, body: "hello", keep: true},
		{name: "no chunk", bytes: ok + "Transfer-Encoding: Chunked\r\n\r\n000\r\n\r\n", status: 200, keep: true},
		{name: "long chunk", bytes: ok + "Transfer-Encoding: chunked\r\n\r\nC350\r\n" + long + "\r\n0\r\n\r\n", status: 200, body: long, keep: true},
		{name: "extensions", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d;\"\r\nhello\r\n0;x\r\n\r\n", status: 200, body: "hello", keep: true},
		{name: "trailer", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 9\r\nX: y\r\n\r\n", status: 200, body: "hello", keep: true},
		{name: "chunks break off in data", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", err: eof},
		{name: "chunks break off in size", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5", err: eof},
		{name: "last chunk is missing", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", err: eof},
		{name: "last line is missing", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", err: eof},
		{name: "chunk is longer than said", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "size is empty", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n", err: bad},
		{name: "size has a sign", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "size has a prefix", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "size starts with a space", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "size ends in LF", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", err: bad},
		{name: "size has a CR", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r;\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "chunk ends in LF", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", err: bad},
		{name: "size overflows", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "size beyond what is taken", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n100001\r\n", err: tooLong},
		{name: "chunks beyond what is taken", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nfffff\r\n", err: tooLong},
		{name: "extension is long", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n5;" + long + "\r\nhello\r\n0\r\n\r\n", err: bad},
		{name: "extensions are long", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+long[:4000]+"\r\nx\r\n", 10) + "0\r\n\r\n", err: bad},
		{name: "trailer is long", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X: "+long[:1000]+"\r\n", 10) + "\r\n", err: bad},
		{name: "trailer is no field", bytes: ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\n\r\n", err: bad},

		// What is told by the end of the connection, or by nothing.
		{name: "until the end", bytes: ok + "\r\nhello", status: 200, body: "hello"},
		{name: "until the end, long", bytes: ok + "\r\n" + long, status: 200, body: long},
		{name: "until the end, beyond what is taken", bytes: ok + "\r\n" + strings.Repeat(long, 21), err: tooLong},
		{name: "old", bytes: "HTTP/1.0 200 OK\r\n\r\nhello", status: 200, body: "hello"},
		{name: "old with length", bytes: "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "old that stays", bytes: "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello", keep: true},
		{name: "old that stays and closes", bytes: "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "old in chunks", bytes: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", err: bad},

		// What has no body.
		{name: "204", bytes: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, keep: true},
		{name: "204 with a body", bytes: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", status: 204},
		{name: "204 in chunks", bytes: "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", status: 204},
		{name: "304 that tells a length", bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304, keep: true},
		{name: "304 that tells two ends", bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", status: 304},
		{name: "304 with no length", bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: x\r\n\r\n", err: bad},

		// What tells two ends, or one that is not known.
		{name: "length and chunks", bytes: ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", err: bad},
		{name: "gzip", bytes: ok + "Transfer-Encoding: gzip\r\n\r\n", err: bad},
		{name: "gzip in chunks", bytes: ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", err: bad},
		{name: "identity", bytes: ok + "Transfer-Encoding: identity\r\n\r\n", err: bad},
		{name: "coding is empty", bytes: ok + "Transfer-Encoding:\r\n\r\n", err: bad},
		{name: "chunked twice", bytes: ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", err: bad},

		// What only announces an answer.
		{name: "103", bytes: "HTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 7\r\n\r\n" + hello, status: 200, body: "hello", keep: true},
		{name: "five of them", bytes: strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 5) + hello, status: 200, body: "hello", keep: true},
		{name: "six of them", bytes: strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 6) + hello, err: bad},
		{name: "101", bytes: "HTTP/1.1 101 Switching Protocols\r\n\r\n", err: bad},
		{name: "103 with a length that is none", bytes: "HTTP/1.1 103 Early Hints\r\nContent-Length: A\r\n\r\n" + hello, err: bad},
		{name: "103 alone", bytes: "HTTP/1.1 103 Early Hints\r\n\r\n", err: eof},

		// Status lines.
		{name: "no reason", bytes: "HTTP/1.1 299\r\nContent-Length: 0\r\n\r\n", status: 299, keep: true},
		{name: "empty reason", bytes: "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n", status: 999, keep: true},
		{name: "LF ends lines", bytes: "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", status: 200, body: "hello", keep: true},
		{name: "nothing", bytes: "", err: eof},
		{name: "half a status line", bytes: "HTTP/1.1 200", err: eof},
		{name: "no header end", bytes: ok + "A: b\r\n", err: eof},
		{name: "empty line first", bytes: "\r\n" + hello, err: bad},
		{name: "no HTTP", bytes: "SSH-2.0-OpenSSH_9.9\r\n", err: bad},
		{name: "HTTP/2", bytes: "HTTP/2.0 200 OK\r\n\r\n", err: bad},
		{name: "HTTP/1.x", bytes: "HTTP/1.x 200 OK\r\n\r\n", err: bad},
		{name: "HTTP/1.10", bytes: "HTTP/1.10 200 OK\r\n\r\n", err: bad},
		{name: "lower case", bytes: "http/1.1 200 OK\r\n\r\n", err: bad},
		{name: "two spaces", bytes: "HTTP/1.1  200 OK\r\n\r\n", err: bad},
		{name: "status of two digits", bytes: "HTTP/1.1 20 OK\r\n\r\n", err: bad},
		{name: "status of four digits", bytes: "HTTP/1.1 2000 OK\r\n\r\n", err: bad},
		{name: "status with a sign", bytes: "HTTP/1.1 +20 OK\r\n\r\n", err: bad},
		{name: "status below 100", bytes: "HTTP/1.1 099 OK\r\n\r\n", err: bad},
		{name: "CR in the reason", bytes: "HTTP/1.1 200 O\rK\r\n\r\n", err: bad},

		// Fields.
		{name: "no colon", bytes: ok + "Content-Length 5\r\n\r\nhello", err: bad},
		{name: "no name", bytes: ok + ": x\r\n\r\n", err: bad},
		{name: "space before the colon", bytes: ok + "Content-Length : 5\r\n\r\nhello", err: bad},
		{name: "folded", bytes: ok + "A: b\r\n c\r\nContent-Length: 0\r\n\r\n", err: bad},
		{name: "folded at once", bytes: ok + "\tA: b\r\n\r\n", err: bad},
		{name: "NUL", bytes: ok + "A: b\x00c\r\n\r\n", err: bad},
		{name: "CR", bytes: ok + "A: b\rc\r\n\r\n", err: bad},
		{name: "two CR", bytes: ok + "A: b\r\r\n\r\n", err: bad},
		{name: "name is not ASCII", bytes: ok + "\u212aey: b\r\n\r\n", err: bad},
		{name: "long line", bytes: ok + "A: " + strings.Repeat(long, 2) + "\r\n\r\n", err: bad},
		{name: "long header", bytes: ok + strings.Repeat("A: "+long[:1000]+"\r\n", 70) + "\r\n", err: bad},
		{name: "line without end", bytes: strings.Repeat(long, 2), err: bad},
		{name: "many fields", bytes: ok + strings.Repeat("A: b\r\n", 257) + "\r\n", err: bad},
		{name: "a line longer than the buffer", bytes: ok + "A: " + long + "\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello", keep: true},
	}
}

// TestAnswers whole and in pieces, with large and small buffers.
func TestAnswers(t *testing.T) {
	t.Parallel()

	const maxHeader = 64 << 10

	for _, test := range answers() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			var a h1.Answer

			for pieces, from := range map[string]func(io.Reader) io.Reader{
				"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader,
				"halves": iotest.HalfReader, "with error": iotest.DataErrReader,
			} {
				for _, buffer := range []int{1, 64, 32 << 10} {
					keep, left, err := h1.ReadAnswer(from(strings.NewReader(test.bytes)), buffer, maxHeader, maxBody, &a)
					if !errors.Is(err, test.err) {
						t.Fatalf("%s, %d: error %v, want %v", pieces, buffer, err, test.err)
					}

					if err == nil && (a.Status != test.status || string(a.Body) != test.body || keep != test.keep || len(left) > 0) {
						t.Errorf("%s, %d: status %d, %d bytes, keep %t, left %q; want %d, %d bytes, %t",
							pieces, buffer, a.Status, len(a.Body), keep, left, test.status, len(test.body), test.keep)
					}
				}
			}
		})
	}
}

// TestAnswersOverTCP come out the same, and their connections are used again only
// if that is safe.
func TestAnswersOverTCP(t *testing.T) {
	t.Parallel()

	for _, test := range answers() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			s := serve(t, func(p *peer) {
				if p.n > 1 {
					always(hello)(p)

					return
				}

				p.request()
				p.send(test.bytes)

				if test.keep {
					always(hello)(p)
				}
			})
			c := newClient(t, s, h1.Options{})

			a, err := get(t.Context(), c, "/")
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}

			if err == nil && (a.Status != test.status || string(a.Body) != test.body) {
				t.Fatalf("%d and %d bytes, want %d and %d", a.Status, len(a.Body), test.status, len(test.body))
			}

			if c.Idle() > 0 != test.keep {
				t.Errorf("%d idle connections, but keep is %t", c.Idle(), test.keep)
			}

			mustGet(t, c, "/", "hello")

			if conns := s.conns.Load(); (conns == 1) != test.keep {
				t.Errorf("%d connections, but keep is %t", conns, test.keep)
			}
		})
	}
}

func TestFields(t *testing.T) {
	t.Parallel()

	const answer = "HTTP/1.1 200 OK\r\nContent-Type: \t application/json \t\r\nSET-cookie:a\r\nX: \r\nSet-Cookie: b\xe9\r\nContent-Length: 0\r\n\r\n"

	var a h1.Answer
	if _, _, err := h1.ReadAnswer(strings.NewReader(answer), 8, 1000, 0, &a); err != nil {
		t.Fatal(err)
	}

	for name, want := range map[string][]string{
		"content-type": {"application/json"}, "Set-Cookie": {"a", "b\xe9"}, "x": {""}, "y": nil, "": nil,
	} {
		var got []string
		for value := range a.Values(name) {
			got = append(got, string(value))
		}

		if !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}

		if first := a.Header(name); want == nil && first != nil || want != nil && !bytes.Equal(first, []byte(want[0])) {
			t.Errorf("%s is %q, want the first of %q", name, first, want)
		}
	}

	if a.Reset(); a.Status != 0 || a.Header("x") != nil {
		t.Errorf("after a reset the answer is %+v", a)
	}
}
