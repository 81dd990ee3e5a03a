package strangler

import "errors"

// Errors of requests that go nowhere.
var (
	errNoRoute  = errors.New("there is no route for it")
	errNeedsKey = errors.New("it needs the idempotency key of its route")
)

// byOldRequest is byOld for callers that tell errors apart.
func (r *routes) byOldRequest(t *Table, method, target, principal, _ string) (way, error) {
	w, found := r.byOld(t, method, target, principal)
	if !found {
		return way{}, errNoRoute
	}

	return w, nil
}
