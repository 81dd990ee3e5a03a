package strangler

import (
	"context"
	"testing"

	"storefront/internal/fault"
)

// TestDue is what the circuits of both sides are told: whose turn it is, and
// whether the old side stands in.
func TestDue(t *testing.T) {
	t.Parallel()

	const orders = "- {path: '/api/orders/{id}', mode: old}\n"

	for name, test := range map[string]struct {
		route    string
		side     Side
		standsIn bool
	}{
		"old":            {"mode: old", Old, false},
		"shadow":         {"mode: shadow", Old, false},
		"nobody yet":     {"mode: percent, percent: 0, fallback: true", Old, true},
		"everybody":      {"mode: percent, percent: 100", New, false},
		"new":            {"mode: new", New, false},
		"new, with help": {"mode: new, fallback: true", New, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, yamlFile(t), "routes:\n- {path: '/api/users/{id}', "+test.route+"}\n"+orders)

			if side, standsIn := o.Divider("user").Due(t.Context(), "/users/u"); side != test.side || standsIn != test.standsIn {
				t.Errorf("%v, %v", side, standsIn)
			}

			if side, standsIn := o.Divider("user").Due(t.Context(), "/nothing"); side != New || standsIn {
				t.Errorf("without a route: %v, %v", side, standsIn)
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
