package workload

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"storefront/bench/internal/load"
)

var (
	errNoTag       = errors.New("the answer has no ETag")
	errNotModified = errors.New("the status is not 304")
)

// Tags are the ETags of the first users' answers.
type Tags []string

// Learn takes the nth user's tag from an answer. It may be called concurrently
// for different users.
func (t Tags) Learn(n int, a load.Answer) error {
	if t[n] = a.Header.Get("ETag"); t[n] == "" || a.Status != http.StatusOK {
		return fmt.Errorf("%w, status %d", errNoTag, a.Status)
	}

	return nil
}

// Call is the request of a workload for the nth user, by whoever has the answer.
func (t Tags) Call(w *Workload, n int) load.Call {
	call := w.Call(n)
	call.Header = append(slices.Clip(call.Header), "If-None-Match: "+t[n])

	return call
}

// Check refuses all but the word that nothing has changed.
func (Tags) Check(_ int, a load.Answer) error {
	if a.Status != http.StatusNotModified || len(a.Body) > 0 {
		return fmt.Errorf("%w but %d: %s", errNotModified, a.Status, excerpt(a.Body))
	}

	return nil
}
