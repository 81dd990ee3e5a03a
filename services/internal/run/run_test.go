package run_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"storefront/services/internal/run"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a service that tells its folder and waits to be let go.
type fake struct {
	dir          string
	asked, letGo chan struct{}
	closed       bool
}

func (f *fake) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(f.asked)
		<-f.letGo
		_, _ = io.WriteString(w, f.dir)
	})
}

func (f *fake) Close() error { f.closed = true; return nil }

func (f *fake) open(_ context.Context, dir string) (*fake, error) {
	f.dir = dir
	return f, nil
}

// TestServe stops a service while it answers: the answer still arrives, then
// the service is closed and its temporary folder gone.
func TestServe(t *testing.T) {
	t.Parallel()
	service := &fake{asked: make(chan struct{}), letGo: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, listening := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run.Serve(ctx, listening, "fake service", run.Settings{Addr: "127.0.0.1:0"}, service.open)
	}()

	line := make([]byte, 100)
	n, err := said.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`^fake service listens on (http://127\.0\.0\.1:\d+)\n$`).FindSubmatch(line[:n])
	if address == nil {
		t.Fatalf("said %q", line[:n])
	}
	go func() {
		<-service.asked
		stop()
		close(service.letGo)
	}()
	if got := get(t, string(address[1])); got != service.dir {
		t.Errorf("answered %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !service.closed {
		t.Error("not closed")
	}
	if _, err := os.Stat(service.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary folder is still there: %v", err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestMistakes wants one line that names the setting and its value.
func TestMistakes(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	for _, test := range []struct {
		name     string
		settings run.Settings
		err      error
		want     string
	}{
		{"no port", run.Settings{Addr: "localhost"}, nil, `ADDR="localhost" must be host:port`},
		{"no such port", run.Settings{Addr: "127.0.0.1:99999"}, nil, `listen at ADDR="127.0.0.1:99999"`},
		{"cannot open", run.Settings{Addr: "127.0.0.1:0", DataDir: "/data"}, broken, `open in DATA_DIR="/data": disk on fire`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			open := func(context.Context, string) (*fake, error) { return &fake{}, test.err }
			err := run.Serve(t.Context(), &bytes.Buffer{}, "fake service", test.settings, open)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
