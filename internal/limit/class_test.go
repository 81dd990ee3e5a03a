package limit_test

import (
	"net/http"
	"strings"
	"testing"

	"storefront/internal/limit"
)

func TestClassOf(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		purpose, priority string // "" is no such header
		want              limit.Class
	}{
		{"", "", limit.Normal},
		{"prefetch", "", limit.Prefetch},
		{"prefetch;prerender", "", limit.Prefetch},
		{"Prefetch;anonymous-client-ip", "u=1", limit.Prefetch},
		{"prefetching", "", limit.Normal},
		{"no-prefetch", "", limit.Normal},
		{"", "u=0", limit.High},
		{"", "u=2, i", limit.High},
		{"", "i, u=1", limit.High},
		{"", "u=3", limit.Normal},
		{"", "u=4", limit.Normal},
		{"", "u=5", limit.Prefetch},
		{"", " u=7;x=1 ,i", limit.Prefetch},
		{"", "u=1, u=6", limit.Prefetch}, // The last one counts.
		{"", "u=8", limit.Normal},
		{"", "u=-1", limit.Normal},
		{"", "u=11", limit.Normal},
		{"", "u=", limit.Normal},
		{"", "urgent", limit.Normal},
		{"", "u=1" + strings.Repeat(" ", 300), limit.Normal},
		{"prefetch" + strings.Repeat(";x", 200), "", limit.Normal},
	} {
		header := http.Header{}
		if test.purpose != "" {
			header.Set("Sec-Purpose", test.purpose)
		}

		if test.priority != "" {
			header.Set("Priority", test.priority)
		}

		if got := limit.ClassOf(header); got != test.want {
			t.Errorf("%q, %q: got %v, want %v", test.purpose, test.priority, got, test.want)
		}
	}

	if got := limit.ClassOf(http.Header{"Priority": {"u=1", "i"}}); got != limit.High {
		t.Errorf("in two lines: got %v", got)
	}
}

func FuzzClassOf(f *testing.F) {
	f.Add("prefetch;prerender", "u=1, i")
	f.Add("", "u=6;a=\"b,u=1\"")

	f.Fuzz(func(t *testing.T, purpose, priority string) {
		class := limit.ClassOf(http.Header{"Sec-Purpose": {purpose}, "Priority": {priority}})
		if class > limit.High || class.String() == "" {
			t.Errorf("got %d", class)
		}

		if class == limit.Prefetch && !strings.Contains(strings.ToLower(purpose), "prefetch") && !strings.Contains(priority, "u=") {
			t.Error("nobody said that it is for later")
		}
	})
}
