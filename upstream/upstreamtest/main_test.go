package upstreamtest_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"storefront/upstream/upstreamtest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// seen is what a client that takes anything makes of an answer.
type seen struct {
	status int
	header http.Header
	length int64 // as it was told, -1 for not
	body   []byte
	err    error
}

// enough is where the client stops to read: above the bound of any decent client.
const enough = 9 << 20

func ask(ctx context.Context, client *http.Client, url string) seen {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return seen{err: err}
	}
	return send(client, request)
}

func send(client *http.Client, request *http.Request) seen {
	response, err := client.Do(request)
	if err != nil {
		return seen{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, enough))
	return seen{status: response.StatusCode, header: response.Header, length: response.ContentLength, body: body, err: err}
}

// networks are the two ways to open a shop.
func networks() map[string]func(upstreamtest.TB) *upstreamtest.Shop {
	return map[string]func(upstreamtest.TB) *upstreamtest.Shop{
		"memory": upstreamtest.New,
		"tcp":    upstreamtest.NewTCP,
	}
}

// client is a plain client that follows no redirect.
func client(shop *upstreamtest.Shop) *http.Client {
	return &http.Client{
		Transport:     shop.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
