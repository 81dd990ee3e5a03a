package upstreamtest_test

import (
	"slices"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

func TestPresets(t *testing.T) {
	t.Parallel()
	want := []string{
		"down", "drip", "flaky", "hang", "huge", "jitter", "malformed", "reset", "slow", "stale-keepalive", "storm", "truncated",
		"wrong-type", "wrong-user",
	}
	if got := upstreamtest.Presets(); !slices.Equal(got, want) {
		t.Errorf("the presets are %q", got)
	}
	for _, name := range upstreamtest.Presets() {
		faults, err := upstreamtest.Preset(name, 7)
		if err != nil || len(faults) == 0 {
			t.Errorf("%s is %v, error %v", name, faults, err)
		}
		for _, fault := range faults {
			if again, err := upstreamtest.Parse(fault.String()); err != nil || again != fault || again != again.Seed(7) {
				t.Errorf("%s has the fault %q, which is read as %q, error %v", name, fault, again, err)
			}
		}
		if about := upstreamtest.AboutPreset(name); !strings.HasSuffix(about, ".") {
			t.Errorf("%s is said to be %q", name, about)
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Slow", "latency:1s", longer(1000)} {
		faults, err := upstreamtest.Preset(name, 0)
		if faults != nil || err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), "[down drip flaky") {
			t.Errorf("%.20q is %v, error %v", name, faults, err)
		}
	}
	if about := upstreamtest.AboutPreset("none"); about != "" {
		t.Errorf("none is said to be %q", about)
	}
}
