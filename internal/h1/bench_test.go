//go:build unix

package h1_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"storefront/internal/h1"
)

const (
	benchCallers = 32
	benchMaxBody = 8 << 20
)

func startBench(b *testing.B) (addr string) {
	b.Helper()

	server := exec.CommandContext(b.Context(), os.Args[0]) //nolint:gosec // This very program.
	server.Env = append(os.Environ(), benchServer+"=1")
	server.Stderr = os.Stderr

	stop, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}

	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}

	if err = server.Start(); err != nil {
		b.Fatal(err)
	}

	b.Cleanup(func() {
		_ = stop.Close()
		_ = server.Wait()
	})

	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}

	return strings.TrimSpace(line)
}

// processorTime is what this process has used, in its own code and in the
// kernel.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}

	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// asker returns one caller's way of asking for a path.
type asker func(addr string) func(ctx context.Context, path string) (int, error)

func lean(addr string) func(ctx context.Context, path string) (int, error) {
	var fixed h1.Header

	fixed.Add("Accept", "application/json")
	fixed.Add("User-Agent", "storefront")

	client := h1.New(addr, addr, h1.Options{Header: fixed})
	answers := make(chan *h1.Answer, benchCallers)

	for range benchCallers {
		answers <- new(h1.Answer)
	}

	return func(ctx context.Context, path string) (int, error) {
		a := <-answers
		defer func() { answers <- a }()

		var header h1.Header

		header.Add("X-Request-Id", "7d9fd3a1c0b34c52")

		err := client.Get(ctx, path, &header, benchMaxBody, a)

		return len(a.Body), err
	}
}

// tuned is net/http as internal/resilience uses it.
func tuned(addr string) func(ctx context.Context, path string) (int, error) {
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 256,
		ReadBufferSize:      8 << 10,
		DisableCompression:  true,
	}
	buffers := make(chan *bytes.Buffer, benchCallers)

	for range benchCallers {
		buffers <- new(bytes.Buffer)
	}

	return func(ctx context.Context, path string) (int, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, http.NoBody)
		if err != nil {
			return 0, err
		}

		request.Header = http.Header{
			"Accept": {"application/json"}, "User-Agent": {"storefront"}, "X-Request-Id": {"7d9fd3a1c0b34c52"},
		}

		response, err := transport.RoundTrip(request)
		if err != nil {
			return 0, err
		}

		defer func() { _ = response.Body.Close() }()

		buffer := <-buffers
		defer func() { answered(buffers, buffer) }()

		_, err = buffer.ReadFrom(response.Body)

		return buffer.Len(), err
	}
}

func answered(buffers chan<- *bytes.Buffer, buffer *bytes.Buffer) {
	buffer.Reset()
	buffers <- buffer
}

// bare writes and reads and does nothing else: what the system takes.
func bare(addr string) func(ctx context.Context, path string) (int, error) {
	type wire struct {
		net.Conn

		buffer []byte
	}

	wires := make(chan wire, benchCallers)

	for range benchCallers {
		nc, err := new(net.Dialer).DialContext(context.Background(), "tcp", addr)
		if err != nil {
			panic(err)
		}

		wires <- wire{nc, make([]byte, 32<<10)}
	}

	return func(_ context.Context, path string) (int, error) {
		w := <-wires
		defer func() { wires <- w }()

		if _, err := io.WriteString(w, "GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\n\r\n"); err != nil {
			return 0, err
		}

		size, _ := strconv.Atoi(path[1:])
		for got := 0; got < size; {
			n, err := w.Read(w.buffer)
			if err != nil {
				return 0, err
			}

			got += n
		}

		return size, nil
	}
}

// slice is the processor time per call of 32 callers, with the time limit that
// every call has.
func slice(b *testing.B, ask func(context.Context, string) (int, error), path string) float64 {
	b.Helper()

	const calls = 100

	start := processorTime()

	var callers sync.WaitGroup
	for range benchCallers {
		callers.Go(func() {
			for range calls {
				ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)

				if n, err := ask(ctx, path); err != nil || strconv.Itoa(n) != path[1:] {
					b.Errorf("%d bytes of %s, error %v", n, path, err)
				}

				cancel()
			}
		})
	}

	callers.Wait()

	return float64(processorTime()-start) / (benchCallers * calls)
}

// BenchmarkProcessorTime compares what a call takes of the processor, in slices
// that follow each other closely, so that it means something on a busy machine
// too. See docs/adr/0013-lean-upstream-client.md.
//
//	go test -run '^$' -bench ProcessorTime -benchtime 60x ./internal/h1
func BenchmarkProcessorTime(b *testing.B) {
	addr := startBench(b)

	ways := []struct {
		name string
		asker
	}{{"net-http", tuned}, {"h1", lean}, {"bare", bare}}

	for _, size := range []int{285, 19 << 10} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			path := "/" + strconv.Itoa(size)
			taken := make([][]float64, len(ways))
			ratios := make([][]float64, len(ways))

			asks := make([]func(context.Context, string) (int, error), len(ways))
			for i, way := range ways {
				asks[i] = way.asker(addr)
				slice(b, asks[i], path) // to open the connections
			}

			for b.Loop() {
				for i, ask := range asks {
					taken[i] = append(taken[i], slice(b, ask, path))
					ratios[i] = append(ratios[i], taken[i][len(taken[i])-1]/taken[0][len(taken[0])-1])
				}
			}

			b.ReportMetric(0, "ns/op")

			for i, way := range ways {
				b.ReportMetric(median(taken[i])/1e3, way.name+"-µs/call")
				b.ReportMetric(median(ratios[i]), way.name+"-ratio")
			}
		})
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))

	return v[len(v)/2]
}

// BenchmarkGet is one caller after the other, for what is allocated.
func BenchmarkGet(b *testing.B) {
	addr := startBench(b)

	for name, way := range map[string]asker{"net-http": tuned, "h1": lean} {
		b.Run(name, func(b *testing.B) {
			ask := way(addr)

			b.ReportAllocs()

			for b.Loop() {
				if n, err := ask(context.Background(), "/285"); err != nil || n != 285 {
					b.Fatalf("%d bytes, error %v", n, err)
				}
			}
		})
	}
}
