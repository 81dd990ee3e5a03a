package strangler

import (
	"context"
	"fmt"
	"testing"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/session"
)

// TestDue is what the circuits of both sides are told, and what is kept apart:
// whose turn it is, whether the old side stands in, and whether that depends on
// whom a request is for that does not say so.
func TestDue(t *testing.T) {
	t.Parallel()

	const orders = "- {path: '/api/orders/{id}', mode: old}\n"

	type due = resilience.Due

	for name, test := range map[string]struct {
		route string
		users due // of /users/u, which names one
		one   due // of /products/p, which does not
	}{
		"old":            {"mode: old", due{Side: Old}, due{Side: Old}},
		"shadow":         {"mode: shadow", due{Side: Old}, due{Side: Old}},
		"nobody yet":     {"mode: percent, percent: 0, fallback: true", due{Side: Old, StandsIn: true}, due{Side: Old, StandsIn: true, ByUser: true}},
		"everybody":      {"mode: percent, percent: 100", due{Side: New}, due{Side: New, ByUser: true}},
		"new":            {"mode: new", due{Side: New}, due{Side: New}},
		"new, with help": {"mode: new, fallback: true", due{Side: New, StandsIn: true}, due{Side: New, StandsIn: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, yamlFile(t), "routes:\n- {path: '/api/users/{id}', "+test.route+"}\n- {path: '/api/products/{id}', "+test.route+"}\n"+orders)

			if got := o.Divider("user").Due(t.Context(), "/users/u"); got != test.users {
				t.Errorf("%+v", got)
			}

			if got := o.Divider("user").Divides(); got != (test.route != "mode: new") {
				t.Errorf("divides: %t", got)
			}

			if got := o.Divider("product").Due(t.Context(), "/products/p"); got != test.one {
				t.Errorf("%+v", got)
			}

			if got := o.Divider("user").Due(t.Context(), "/nothing"); got != (due{}) {
				t.Errorf("without a route: %+v", got)
			}
		})
	}
}

// TestNobodyToAsk: what no route is about is asked of the service, and of nobody
// where that is not there yet.
func TestNobodyToAsk(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersOld, func(o *Options) { o.Services["product"] = []string{} })

	for service, want := range map[string]fault.Kind{"user": fault.None, "product": fault.Unavailable} {
		asked := 0

		err := o.Divider(service).Carry(t.Context(), "/nothing", &sides{answer: func(context.Context, Ask) (Reply, error) {
			asked++

			return Reply{}, nil
		}})
		if fault.KindOf(err) != want || (asked == 1) != (want == fault.None) {
			t.Errorf("%s: asked %d times, %v", service, asked, err)
		}
	}
}

// A request goes by the user whom it names, else by the one whose page it is for,
// else by who asks, else by what it asks for.
func TestWhomARequestGoesBy(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), "routes:\n- {paths: [/api/products, '/api/products/{id}'], mode: percent, percent: 50}\n")
	side := func(ctx context.Context, target string) Side { return o.Divider("product").Due(ctx, target).Side }
	is := func(whom string) Side {
		if bucket(whom) < 50 {
			return New
		}

		return Old
	}

	var seen [2]int

	for n := range 40 {
		user, other, principal := fmt.Sprintf("user_%d", n), fmt.Sprintf("other_%d", n), fmt.Sprintf("digest_%d", n)
		asks := session.With(t.Context(), session.Principal(principal))
		about := session.About(session.About(asks, other), "somebody else")

		seen[is(user)]++

		for what, got := range map[string]struct{ side, want Side }{
			"it names a user":      {side(about, "/products?user_id="+user), is(user)},
			"it is for a user":     {side(about, "/products?ids=a,b"), is(other)},
			"it is for one by id":  {side(about, "/products/"+user), is(other)},
			"it is for nobody":     {side(asks, "/products?ids=a,b"), is(principal)},
			"nobody asks":          {side(t.Context(), "/products?ids="+user), is("/api/products?ids=" + user)},
			"nobody says for whom": {side(session.About(asks, ""), "/products?ids=a,b"), is(principal)},
		} {
			if got.side != got.want {
				t.Errorf("%s, %s: %v", user, what, got.side)
			}
		}
	}

	if seen[New] == 0 || seen[Old] == 0 {
		t.Errorf("on the sides are %v", seen)
	}
}
