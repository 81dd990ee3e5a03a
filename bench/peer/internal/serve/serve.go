// Package serve is what the programs beside ours have in common: where they
// listen, how they say it, and how they end. It knows nothing of what they do.
package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var errAnswers = errors.New("ANSWERS names no folder with files NAME.json")

// Main serves each handler on a loopback port of its own until the program is
// told to stop, having said the name and the URL of each, and exits.
func Main(handlers map[string]http.Handler, err error) {
	if err == nil {
		err = serve(handlers)
	}

	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(handlers map[string]http.Handler) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	failed := make(chan error, len(handlers))

	for name, handler := range handlers {
		var config net.ListenConfig

		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("listening: %w", err)
		}

		const headerTimeout = 10 * time.Second

		server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}
		go func() { failed <- server.Serve(listener) }()

		_, _ = fmt.Printf("  %s  http://%s\n", name, listener.Addr()) //nolint:forbidigo // That is how a program says where it listens.
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// Answers reads the files of the folder that ANSWERS names, NAME.json each, and
// returns their bytes by name.
func Answers() (map[string][]byte, error) {
	paths, err := filepath.Glob(filepath.Join(os.Getenv("ANSWERS"), "*.json"))
	if err != nil || len(paths) == 0 {
		return nil, errors.Join(errAnswers, err)
	}

	answers := map[string][]byte{}

	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // Whoever starts it says where.
		if err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}

		answers[strings.TrimSuffix(filepath.Base(path), ".json")] = content
	}

	return answers, nil
}

// JSON answers with a body of JSON that is ready.
func JSON(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // It fails where the client has left.
}
