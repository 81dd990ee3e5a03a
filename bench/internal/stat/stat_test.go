package stat_test

import (
	"slices"
	"testing"
	"time"

	"storefront/bench/internal/stat"
)

func upTo(n int) []int {
	samples := make([]int, n)
	for i := range samples {
		samples[i] = i + 1
	}

	return samples
}

func TestPercentile(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name   string
		sorted []int
		p      float64
		want   int
	}{
		{"none", nil, 50, 0},
		{"one", []int{7}, 99, 7},
		{"median of an odd number", upTo(5), 50, 3},
		{"median of an even number is the lower one", upTo(4), 50, 2},
		{"p95 of 100", upTo(100), 95, 95},
		{"p99 of 100", upTo(100), 99, 99},
		{"p99 of 2000", upTo(2000), 99, 1980},
		{"a whole rank stays whole", upTo(100), 7, 7},
		{"a fraction is rounded up", upTo(10), 91, 10},
		{"lowest", upTo(10), 0, 1},
		{"highest", upTo(10), 100, 10},
		{"below the range", upTo(10), -5, 1},
		{"above the range", upTo(10), 250, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			if got := stat.Percentile(c.sorted, c.p); got != c.want {
				t.Errorf("percentile %v is %d, want %d", c.p, got, c.want)
			}
		})
	}
}

func TestMedianTakesSamplesInAnyOrder(t *testing.T) {
	t.Parallel()

	samples := []time.Duration{3 * time.Second, time.Second, 2 * time.Second}
	before := slices.Clone(samples)

	if got := stat.Median(samples); got != 2*time.Second {
		t.Errorf("median is %s, want 2s", got)
	}

	if !slices.Equal(samples, before) {
		t.Errorf("the samples were changed to %v", samples)
	}
}
