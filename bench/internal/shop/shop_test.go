package shop_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/shop"
	"storefront/upstream/upstreamtest"
)

// serve runs a shop over TCP until the test ends, and gives the base URLs.
func serve(t *testing.T) map[string]string {
	t.Helper()

	ctx, stop := context.WithCancel(t.Context())
	s, reader, writer, ended := shop.New(), new(bytes.Buffer), make(chan string, len(shop.Names())), make(chan error, 1)

	go func() { ended <- s.Serve(ctx, lines(writer)) }()

	for range shop.Names() {
		reader.WriteString(<-writer)
	}

	t.Cleanup(func() {
		stop()

		http.DefaultClient.CloseIdleConnections()

		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	})

	urls := map[string]string{}

	for line := range strings.Lines(reader.String()) {
		fields := strings.Fields(line)
		urls[fields[0]] = fields[1]
	}

	return urls
}

// lines sends on each write.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)

	return len(p), nil
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}

	text, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}

	return response.StatusCode, string(text)
}

func TestFaultsAreSwitchedAndCallsCounted(t *testing.T) {
	t.Parallel()

	urls := serve(t)
	remote := shop.Remote(urls[shop.Control])
	begin := time.Now().Add(-time.Second)
	want := func(status int) {
		t.Helper()

		if got, body := get(t, urls["product"]+"/products?user_id=u-1"); got != status {
			t.Errorf("the status is %d, want %d: %s", got, status, body)
		}
	}

	want(http.StatusOK)

	faults := []upstreamtest.Fault{upstreamtest.Status(http.StatusTeapot).First(1), upstreamtest.Status(http.StatusBadGateway)}
	if err := remote.Fail(t.Context(), upstreamtest.Product, faults...); err != nil {
		t.Fatal(err)
	}

	want(http.StatusTeapot)
	want(http.StatusBadGateway)

	if status, _ := get(t, urls["user"]+"/users/u-1"); status != http.StatusOK {
		t.Errorf("another service has the fault too: %d", status)
	}

	if err := remote.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}

	want(http.StatusOK)

	calls, err := remote.Calls(t.Context(), upstreamtest.Product)
	if err != nil || calls.Total() != 4 || calls.Between(begin, time.Now().Add(time.Second)) != 4 {
		t.Errorf("%d calls are counted of 4, %v", calls.Total(), err)
	}
}

func TestMalformedOrdersAreRefused(t *testing.T) {
	t.Parallel()

	urls := serve(t)
	remote := shop.Remote(urls[shop.Control])

	if err := remote.Fail(t.Context(), "till"); err == nil {
		t.Error("a service that is not there fails")
	}

	if _, err := remote.Calls(t.Context(), "till"); err == nil || !strings.Contains(err.Error(), "no such service") {
		t.Errorf("the error is %v", err)
	}

	services := shop.New()
	t.Cleanup(func() { _ = services.Close() })

	for _, text := range []string{"sulk", "status:5000", strings.Repeat("hang\n", 10_000)} {
		answer := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/faults/user", strings.NewReader(text))
		services.Handler(shop.Control).ServeHTTP(answer, request)

		if answer.Code < http.StatusBadRequest {
			t.Errorf("%.20q gives %d", text, answer.Code)
		}
	}
}
