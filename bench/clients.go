package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/bench/internal/load"
	"storefront/bench/internal/workload"
)

// client is somebody who asks for one kind of thing all the time, and knows what
// it was like before anything moved.
type client struct {
	name   string
	server string // of the program
	call   func(n int) load.Call
	// same says how an answer differs from what it was.
	same func(was, is []byte) error

	was [][]byte // by n
}

var (
	errNotOK   = errors.New("the status is not 200")
	errDiffers = errors.New("the answer is not what it was")
)

// allClients are those of the old API, who get at least what they always got, and
// those of the BFFs, whose pages stay as they are to the byte.
func allClients() []*client {
	old := func(name string, path func(n string) string) *client {
		return &client{
			name: "facade " + name, server: "facade", same: superset,
			call: func(n int) load.Call {
				return load.Call{Method: http.MethodGet, Path: path(strconv.Itoa(n + 1))}
			},
		}
	}
	page := func(w *workload.Workload) *client {
		return &client{
			name: w.Name, server: w.Target, same: equal,
			call: func(n int) load.Call { return w.For("user_" + strconv.Itoa(n+1)) },
		}
	}

	return []*client{
		old("user", func(n string) string { return "/api/users/user_" + n }),
		old("products", func(string) string { return "/api/products" }),
		old("products of a user", func(n string) string { return "/api/products?user_id=user_" + n + "&limit=5" }),
		old("order", func(n string) string { return "/api/orders/order_" + n }),
		old("orders of a user", func(n string) string { return "/api/orders?user_id=user_" + n + "&limit=5" }),
		page(workload.Mobile()), page(workload.TV()), page(workload.WebREST()), page(workload.WebGraphQL()),
	}
}

// clientsFor are those who ask for users alone, or for what a user is part of.
func userClients(all []*client) []*client { return []*client{all[0], all[5]} }

// equal wants an answer to the byte.
func equal(was, is []byte) error {
	if !bytes.Equal(was, is) {
		return fmt.Errorf("%w: %s", errDiffers, excerpt(is))
	}

	return nil
}

// superset wants all that there was, with equal values; there may be more.
func superset(was, is []byte) error {
	if bytes.Equal(was, is) {
		return nil
	}

	old, err := value(was)
	if err != nil {
		return err
	}

	now, err := value(is)
	if err != nil {
		return err
	}

	if path := missing("$", old, now); path != "" {
		return fmt.Errorf("%w at %s: %s", errDiffers, path, excerpt(is))
	}

	return nil
}

// value reads JSON; numbers keep their digits.
func value(text []byte) (v any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()

	if err = decoder.Decode(&v); err != nil {
		return nil, fmt.Errorf("%w: %w: %s", errDiffers, err, excerpt(text))
	}

	return v, nil
}

// missing is the first path at which one value is not in another, "" for none.
func missing(path string, was, is any) string {
	switch was := was.(type) {
	case map[string]any:
		object, _ := is.(map[string]any)
		for name, value := range was {
			now, has := object[name]
			if !has {
				return path + "." + name
			}

			if deeper := missing(path+"."+name, value, now); deeper != "" {
				return deeper
			}
		}

		return ""
	case []any:
		list, isList := is.([]any)
		if !isList || len(list) != len(was) {
			return path
		}

		for n, value := range was {
			if deeper := missing(fmt.Sprintf("%s[%d]", path, n), value, list[n]); deeper != "" {
				return deeper
			}
		}

		return ""
	default:
		if was != is {
			return path
		}

		return ""
	}
}

// excerpt is as much of a body as an error needs.
func excerpt(body []byte) []byte {
	const longest = 300

	return body[:min(len(body), longest)]
}

// learn asks for everything once, which is what all later answers are held
// against.
func (c *client) learn(ctx context.Context, base string, users int) error {
	const connections = 8

	c.was = make([][]byte, users)

	_, err := load.Run(ctx, load.Plan{
		Addr: address(base), Connections: min(users, connections), Requests: users, Call: c.call,
		Check: func(n int, a load.Answer) error {
			if a.Status != http.StatusOK || bytes.Contains(a.Body, []byte(`"degraded"`)) || bytes.Contains(a.Body, []byte(`"errors"`)) {
				return fmt.Errorf("%w but %d: %s", errNotOK, a.Status, excerpt(a.Body))
			}

			c.was[n] = bytes.Clone(a.Body)

			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("%s, before anything moves: %w", c.name, err)
	}

	return nil
}

// check holds an answer to the nth request against what it was.
func (c *client) check(n int, a load.Answer) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("%w but %d: %s", errNotOK, a.Status, excerpt(a.Body))
	}

	return c.same(c.was[n%len(c.was)], a.Body)
}

// visitors are clients at work, with what became of their requests.
type visitors struct {
	mu       sync.Mutex
	outcomes []load.Outcome
	examples []string // of what was wrong
}

// visit has clients ask so many times a second, all of them together, until ctx
// ends. first is the user that is asked for first.
func (v *visitors) visit(ctx context.Context, clients []*client, url func(server string) string, rate float64, first int) error {
	const connections = 48 // For each, enough where every answer takes seconds.

	group, ctx := errgroup.WithContext(ctx)

	for n, c := range clients {
		group.Go(func() error {
			if !sleep(ctx, time.Duration(float64(n)/rate*float64(time.Second))) { // They do not march in step.
				return nil
			}

			return load.Watch(ctx, load.Plan{
				Addr: address(url(c.server)), Connections: connections, Requests: load.MaxRequests, Rate: rate / float64(len(clients)),
				Call:  func(n int) load.Call { return c.call((first + n) % len(c.was)) },
				Check: func(n int, a load.Answer) error { return c.check(first+n, a) },
			}, 0, func(o load.Outcome) { v.note(c, o) })
		})
	}

	return group.Wait() //nolint:wrapcheck // A plan that is wrong.
}

func (v *visitors) note(c *client, o load.Outcome) {
	v.mu.Lock()
	defer v.mu.Unlock()

	v.outcomes = append(v.outcomes, o)

	if o.Err != nil && len(v.examples) < maxKept {
		v.examples = append(v.examples, c.name+": "+o.Err.Error())
	}
}

// between are the outcomes of requests that were due from one moment on and
// before another.
func (v *visitors) between(from, to time.Time) (some []load.Outcome) {
	v.mu.Lock()
	defer v.mu.Unlock()

	for _, o := range v.outcomes {
		if !o.Due.Before(from) && o.Due.Before(to) {
			some = append(some, o)
		}
	}

	return some
}

// count is how many requests have come to their end.
func (v *visitors) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()

	return len(v.outcomes)
}

// bad tells failed requests from answers that were not what they had been.
func bad(outcomes []load.Outcome) (failed, differing int) {
	for _, o := range outcomes {
		switch {
		case errors.Is(o.Err, errDiffers):
			differing++
		case o.Err != nil:
			failed++
		}
	}

	return failed, differing
}
