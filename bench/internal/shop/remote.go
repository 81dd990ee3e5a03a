package shop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"storefront/bench/internal/timeline"
	"storefront/upstream/upstreamtest"
)

// errRefused is an order that the shop did not take.
var errRefused = errors.New("the shop refuses")

// Remote is a [Shop] that runs elsewhere, by the base URL of its control.
type Remote string

// Fail has a service meet faults in place of all that were.
func (r Remote) Fail(ctx context.Context, service upstreamtest.Service, faults ...upstreamtest.Fault) error {
	lines := make([]string, 0, len(faults))
	for _, fault := range faults {
		lines = append(lines, fault.String()) //nolint:contextcheck // No call is made: a fault is named.
	}

	return r.ask(ctx, http.MethodPut, "/faults/"+string(service), strings.Join(lines, "\n"), func(io.Reader) error { return nil })
}

// Heal ends the faults of all services. What they have got hold of stays there.
func (r Remote) Heal(ctx context.Context) (err error) {
	for _, service := range upstreamtest.Services() {
		err = errors.Join(err, r.Fail(ctx, service))
	}

	return err
}

// Calls says when a service was called.
func (r Remote) Calls(ctx context.Context, service upstreamtest.Service) (*timeline.Timeline, error) {
	const longest = 1 << 20

	calls := new(timeline.Timeline)
	err := r.ask(ctx, http.MethodGet, "/calls/"+string(service), "", func(body io.Reader) error {
		return json.NewDecoder(io.LimitReader(body, longest)).Decode(calls)
	})

	return calls, err
}

func (r Remote) ask(ctx context.Context, method, path, body string, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, method, string(r)+path, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("shop: %w", err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("shop: %w", err)
	}

	if response.StatusCode >= http.StatusBadRequest {
		const longest = 1 << 10

		why, readErr := io.ReadAll(io.LimitReader(response.Body, longest))
		err = errors.Join(fmt.Errorf("%w: %s", errRefused, strings.TrimSpace(string(why))), readErr)
	} else {
		err = read(response.Body)
	}

	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("shop: %s: %w", path, err)
	}

	return nil
}
