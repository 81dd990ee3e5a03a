package strangler

import "testing"

// TestBack is told when the new side answers less than it did, whoever says so.
func TestBack(t *testing.T) {
	t.Parallel()

	backs := 0
	o := open(t, yamlFile(t), "routes:\n  - path: /api/users/{id}\n    mode: old\n", func(o *Options) { o.Back = func() { backs++ } })

	was := place{Mode: ModeOld}

	for _, step := range []struct {
		to    place
		backs int
	}{
		{place{Mode: ModeShadow}, 0},
		{place{ModePercent, 25}, 0},
		{place{ModePercent, 50}, 0},
		{place{ModePercent, 25}, 1},
		{place{Mode: ModeNew}, 1},
		{place{ModePercent, 100}, 1},
		{place{Mode: ModeOld}, 2},
	} {
		if done, err := o.move(move{Route: "users", From: was, To: step.to, By: "operator"}); !done || err != nil {
			t.Fatalf("%v: %t, %v", step.to, done, err)
		}

		if backs != step.backs {
			t.Errorf("%v: told %d times, want %d", step.to, backs, step.backs)
		}

		was = step.to
	}
}
