// Package upstream calls services as a careful hand would with net/http alone:
// connections are kept, answers are read to their end.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

var errStatus = errors.New("the status is not 200")

// Client calls services. The zero value cannot.
type Client struct {
	http                 *http.Client
	User, Product, Order string // base URLs
}

// New returns a client of the services that the environment names.
func New() *Client {
	const timeout, idle = 5 * time.Second, 512

	transport := &http.Transport{MaxIdleConns: idle, MaxIdleConnsPerHost: idle, DisableCompression: true}

	return &Client{
		http: &http.Client{Timeout: timeout, Transport: transport},
		User: os.Getenv("USER_SERVICE_URL"), Product: os.Getenv("PRODUCT_SERVICE_URL"), Order: os.Getenv("ORDER_SERVICE_URL"),
	}
}

// Read reads the answer from a URL.
func (c *Client) Read(ctx context.Context, url string) ([]byte, error) {
	var body []byte

	err := c.get(ctx, url, func(from io.Reader) (err error) {
		body, err = io.ReadAll(from)

		return err //nolint:wrapcheck // get wraps it.
	})

	return body, err
}

// Discard reads the answer from a URL and keeps nothing of it.
func (c *Client) Discard(ctx context.Context, url string) error {
	return c.get(ctx, url, func(from io.Reader) error {
		_, err := io.Copy(io.Discard, from)

		return err //nolint:wrapcheck // get wraps it.
	})
}

func (c *Client) get(ctx context.Context, url string, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}

	response, err := c.http.Do(request)
	if err != nil {
		return err //nolint:wrapcheck // It holds the method and the URL.
	}
	defer func() { _ = response.Body.Close() }() // It was read to its end, or is of no use.

	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %w", url, errStatus)
	}

	if err = read(response.Body); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}

	return nil
}
