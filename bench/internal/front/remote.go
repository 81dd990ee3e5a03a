package front

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"storefront/upstream/upstreamtest"
)

var errRefused = errors.New("the front refuses")

// Remote is a [Front] that runs elsewhere, by the base URL of its control.
type Remote string

// Fail has the service meet faults in place of all that were; none heals it.
func (r Remote) Fail(ctx context.Context, faults ...upstreamtest.Fault) error {
	texts := make([]string, 0, len(faults))
	for _, fault := range faults {
		texts = append(texts, fault.String()) //nolint:contextcheck // No call is made: a fault is named.
	}

	method, body := http.MethodPut, ""
	if len(faults) == 0 {
		method = http.MethodDelete
	} else {
		text, err := json.Marshal(map[string]any{"faults": texts})
		if err != nil {
			return fmt.Errorf("front: %w", err)
		}

		body = string(text)
	}

	request, err := http.NewRequestWithContext(ctx, method, string(r)+"/chaos/"+Name, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}

	request.Header.Set("Content-Type", "application/json")

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}

	if response.StatusCode >= http.StatusBadRequest {
		const longest = 1 << 10

		why, readErr := io.ReadAll(io.LimitReader(response.Body, longest))
		err = errors.Join(fmt.Errorf("front: %w: %s", errRefused, strings.TrimSpace(string(why))), readErr)
	}

	return errors.Join(err, response.Body.Close())
}
