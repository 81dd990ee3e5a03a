package h1_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// benchServer in the environment makes this program the benchmarks' server.
const benchServer = "H1_BENCH_SERVER"

// serveBench answers in a process of its own, so that its work is not counted,
// until its standard input ends.
func serveBench() {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{size}", func(w http.ResponseWriter, r *http.Request) {
		size, _ := strconv.Atoi(r.PathValue("size"))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		w.Header().Set("Cache-Control", "private, max-age=30")
		w.Header().Set("Etag", `"3f1c"`)
		_, _ = w.Write(bytes.Repeat([]byte("x"), size))
	})

	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}

	go func() { _ = server.Serve(listener) }()

	_, _ = fmt.Fprintln(os.Stdout, listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}
