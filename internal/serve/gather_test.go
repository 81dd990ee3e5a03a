package serve_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/serve"
)

// sized answers with as many bytes as the query's n says, which are those of
// its own beginning again and again.
func sized(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))

	w.Header().Set("Content-Type", "image/png") // It is not packed.
	_, _ = io.WriteString(w, pattern(n))
}

func pattern(n int) string {
	mark := fmt.Sprintf("%d bytes;", n)

	return strings.Repeat(mark, n/len(mark)+1)[:n]
}

// gathering is a network whose server sends answers as a program does.
func gathering(t *testing.T, handler http.HandlerFunc) *memory {
	t.Helper()

	m := newMemory()
	serveOver(t, serve.NewHTTPServer(newPipe(handler), budget, slog.New(slog.DiscardHandler)), serve.Refusals(m))

	return m
}

func (m *memory) connect(t *testing.T) net.Conn {
	t.Helper()

	conn, err := m.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	return conn
}

// send writes requests of those lines, as "GET /?n=1", without waiting for
// answers.
func send(conn net.Conn, lines ...string) {
	var all strings.Builder
	for _, line := range lines {
		all.WriteString(line + " HTTP/1.1\r\nHost: test\r\n\r\n")
	}

	go func() { _, _ = io.WriteString(conn, all.String()) }()
}

// sizes are around each of the bounds: of the library's buffers, of ours, and of
// what is sent in one piece.
func sizes() (all []int) {
	for _, bound := range []int{0, 1, 128, 2 << 10, 4<<10 - 300, 4 << 10, 8 << 10, 32 << 10, 64 << 10, 70 << 10} {
		for n := max(0, bound-2); n <= bound+2; n++ {
			all = append(all, n)
		}
	}

	for n := 4<<10 - 400; n < 4<<10; n += 7 { // The header and the body just fill a buffer.
		all = append(all, n)
	}

	return all
}

// TestAnswersOfEverySize come whole, one after the other on one connection, and
// those that are not too long in one piece.
func TestAnswersOfEverySize(t *testing.T) {
	t.Parallel()

	const most = 64 << 10 // in one piece

	conn := gathering(t, sized).connect(t)
	piece := make([]byte, 1<<20)

	for _, n := range sizes() {
		send(conn, "GET /?n="+strconv.Itoa(n))

		var text strings.Builder

		pieces := 0

		for !strings.HasSuffix(text.String(), "\r\n\r\n"+pattern(n)) {
			got, err := conn.Read(piece) // What is written at once is read at once: there is no socket between.
			if err != nil {
				t.Fatalf("%d bytes: %v after %.500q", n, err, text.String())
			}

			text.Write(piece[:got])

			pieces++
		}

		if !strings.Contains(text.String(), fmt.Sprintf("\r\nContent-Length: %d\r\n", n)) || strings.Count(text.String(), "HTTP/1.1 200 OK") != 1 {
			t.Errorf("%d bytes: got %.500q", n, text.String())
		}

		if n <= most && pieces != 1 {
			t.Errorf("%d bytes came in %d pieces", n, pieces)
		}
	}
}

// TestPipelined: who does not wait gets all answers in order, those without a
// body among them.
func TestPipelined(t *testing.T) {
	t.Parallel()

	conn := gathering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/none" {
			w.WriteHeader(http.StatusNoContent)

			return
		}

		sized(w, r)
	}).connect(t)

	var lines []string
	for _, n := range []int{5000, 70, 66000, 64 << 10, 0, 4096} {
		for _, method := range []string{"HEAD", "GET", "GET"} {
			lines = append(lines, fmt.Sprintf("%s /?n=%d", method, n))
		}

		lines = append(lines, "GET /none")
	}

	send(conn, lines...)

	answers := bufio.NewReader(conn)

	for _, line := range lines {
		method, target, _ := strings.Cut(line, " ")

		response, err := http.ReadResponse(answers, request(t, method, "http://test"+target, http.NoBody))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}

		got := read(t, response)
		n, _ := strconv.Atoi(strings.TrimPrefix(target, "/?n="))

		if want := pattern(n); target != "/none" && (got.header.Get("Content-Length") != strconv.Itoa(n) || (method == http.MethodGet && got.text != want)) {
			t.Errorf("%s: got %v %.100q", line, got.header, got.text)
		}
	}
}

// TestContinue: what goes before an answer is not taken for it.
func TestContinue(t *testing.T) {
	t.Parallel()

	conn := gathering(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)

		sized(w, r)
	}).connect(t)

	go func() {
		_, _ = io.WriteString(conn, "POST /?n=9000 HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	}()

	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q, %v", line, err)
	}

	_, _ = answers.ReadString('\n')

	go func() { _, _ = io.WriteString(conn, "{}") }()

	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}

	if got := read(t, response); got.text != pattern(9000) {
		t.Errorf("got %.100q", got.text)
	}
}

// TestClientThatLeaves in the middle of an answer costs the others nothing, and
// they get nothing of it.
func TestClientThatLeaves(t *testing.T) {
	t.Parallel()

	m := gathering(t, sized)

	for n := range 50 {
		gone, stays := m.connect(t), m.connect(t)
		send(gone, "GET /?n="+strconv.Itoa(60_000+n))

		if n%2 == 0 {
			_, _ = io.ReadFull(gone, make([]byte, n*1000))
		}

		_ = gone.Close()

		send(stays, "GET /?n=9000")

		response, err := http.ReadResponse(bufio.NewReader(stays), nil)
		if err != nil {
			t.Fatal(err)
		}

		if got := read(t, response); got.text != pattern(9000) {
			t.Fatalf("got %.100q", got.text)
		}

		_ = stays.Close()
	}
}

// TestBreaksOff: an answer that ends in a panic once it has begun is no whole
// one, and its connection ends.
func TestBreaksOff(t *testing.T) {
	t.Parallel()

	conn := gathering(t, func(w http.ResponseWriter, r *http.Request) {
		sized(w, r)

		_ = http.NewResponseController(w).Flush()

		panic("broken")
	}).connect(t)

	send(conn, "GET /?n=9000")

	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}

	text, err := io.ReadAll(response.Body)
	if err == nil || !strings.HasPrefix(pattern(9000), string(text)) {
		t.Errorf("got %.100q, %v", text, err)
	}

	_ = response.Body.Close()
}

// TestClosedWhateverItIsAt: a server that is closed closes connections whose
// answers are being gathered or sent, and no answer gets to another connection.
func TestClosedWhateverItIsAt(t *testing.T) {
	t.Parallel()

	const (
		rounds  = 60
		clients = 8
	)

	for round := range rounds {
		m := newMemory()
		server := serve.NewHTTPServer(newPipe(sized), budget, slog.New(slog.DiscardHandler))
		done := make(chan error, 1)

		go func() { done <- server.Serve(serve.Refusals(m)) }()

		var all sync.WaitGroup

		for client := range clients {
			conn := m.connect(t)
			n := 5000 + client*7000 + round

			all.Go(func() {
				send(conn, "GET /?n="+strconv.Itoa(n), "GET /?n="+strconv.Itoa(n))

				if client%4 == 0 {
					time.Sleep(ms) // It does not read what is sent to it.
				}

				text, _ := io.ReadAll(conn)
				_, body, _ := strings.Cut(string(text), "\r\n\r\n")

				if own := body[:min(n, len(body))]; own != pattern(n)[:len(own)] {
					t.Errorf("who asked for %d bytes got %.100q", n, own)
				}
			})
		}

		time.Sleep(time.Duration(round) * 20 * time.Microsecond)

		if err := server.Close(); err != nil {
			t.Error(err)
		}

		all.Wait()

		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}
}
