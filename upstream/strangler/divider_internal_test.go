package strangler

import "testing"

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
