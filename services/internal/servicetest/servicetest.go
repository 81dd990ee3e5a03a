// Package servicetest is what the tests of the services share: one opened
// service for all tests of a package, requests, golden answers, and the suites
// that every service has to pass.
//
// It knows services by their common surface only.
package servicetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// Service is the surface that every service has.
type Service interface {
	Handler() http.Handler
	Close() error
}

// Open is how a service is opened.
type Open[S Service] func(ctx context.Context, dir string) (S, error)

// Main opens the service once, since filling is dear under the race detector,
// hands it to use with its folder, runs the tests and returns the exit code. A
// goroutine that outlives the service fails the run.
func Main[S Service](m *testing.M, open Open[S], use func(service S, dir string)) int {
	dir, err := os.MkdirTemp("", "servicetest-*")
	if err != nil {
		return fail(err)
	}
	service, err := open(context.Background(), dir)
	if err != nil {
		return fail(err)
	}
	use(service, dir)
	code := m.Run()
	if err := errors.Join(service.Close(), os.RemoveAll(dir), goleak.Find()); err != nil {
		return fail(err)
	}
	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// Response is what a handler answered.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request for http://shop.test to a handler. headers are names and
// values in turn.
func Do(tb testing.TB, handler http.Handler, method, target string, headers ...string) Response {
	tb.Helper()
	return DoContext(tb.Context(), handler, method, target, headers...)
}

// DoContext is Do with a context of the caller's own.
func DoContext(ctx context.Context, handler http.Handler, method, target string, headers ...string) Response {
	request := httptest.NewRequestWithContext(ctx, method, target, http.NoBody)
	request.Host = "shop.test"
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return send(handler, request)
}

// DoHost gets a path with any Host header, valid or not.
func DoHost(tb testing.TB, handler http.Handler, host, path string) Response {
	tb.Helper()
	request := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, path, http.NoBody)
	request.Host = host
	return send(handler, request)
}

// DoQuery gets a path with any bytes as its query, valid or not.
func DoQuery(tb testing.TB, handler http.Handler, path, query string) Response {
	tb.Helper()
	request := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, path, http.NoBody)
	request.URL.RawQuery = query
	return send(handler, request)
}

func send(handler http.Handler, request *http.Request) Response {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return Response{recorder.Code, recorder.Header(), recorder.Body.String()}
}

// Golden compares an answer with testdata/<name>. With UPDATE_GOLDEN=1 it writes
// the file instead.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		const owner = 0o600
		if err := os.WriteFile(file, []byte(got), owner); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // a test names it
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs:\n got %s\nwant %s", file, got, want)
	}
}
