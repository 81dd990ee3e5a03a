package strangler

import (
	"errors"
	"testing"
)

// TestServiceThatIsNotThereYet is in mode old, in every route that may name it.
// One that this program does not call is nobody's business here.
func TestServiceThatIsNotThereYet(t *testing.T) {
	t.Parallel()

	services := map[string][]string{"user": {}, "product": nil, "order": {"http://order.test"}}

	tests := map[string]struct{ file, want string }{
		"old":          {usersRoute + "  mode: old\n", ""},
		"old on a way": {usersRoute + "  mode: old\n  fallback: true\n  ramp: {step: 5, every: 10m}\n", ""},
		"shadow":       {usersRoute + "  mode: shadow\n", "f:3: routes[0].mode: must be old: USER_SERVICE_URL is not set"},
		"percent":      {usersRoute + "  mode: percent\n  percent: 0\n", "f:3: routes[0].mode: must be old: USER_SERVICE_URL is not set"},
		"new":          {usersRoute + "  mode: new\n", "f:3: routes[0].mode: must be old: USER_SERVICE_URL is not set"},
		"by name":      {"routes:\n- path: /api/x\n  service: user\n  mode: new\n", "f:4: routes[0].mode: must be old: USER_SERVICE_URL is not set"},
		"not called":   {"routes:\n- path: /api/products\n  mode: new\n", ""},
		"there":        {"routes:\n- path: /api/orders\n  mode: new\n", ""},
		"unknown":      {"routes:\n- path: /api/x\n  service: cart\n  mode: new\n", `f:3: routes[0].service: must be one of order, product, user, not "cart"`},
		"no URL there": {usersRoute + "  mode: old\nservices: {user: http://user.test}\n", "f:4: services.user: is known by the settings already"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := parse([]byte(test.file), services)

			got := ""
			if wrong, is := errors.AsType[*wrongError](err); is {
				got = wrong.in("f")
			}

			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
