// Package stat sums up samples. It knows nothing of what was measured.
package stat

import (
	"cmp"
	"math"
	"slices"
)

// Percentile returns the smallest sample that at least p percent of all samples
// do not exceed (the nearest rank, so always a value that was seen). sorted is
// in ascending order; of none the zero T is returned. p outside 0–100 counts as
// the nearer end.
func Percentile[T cmp.Ordered](sorted []T, p float64) T {
	if len(sorted) == 0 {
		var none T

		return none
	}

	const whole = 100

	// Multiplied before divided, so that a whole rank stays whole: 0.07 × 100
	// is more than 7 in floating point.
	rank := int(math.Ceil(p * float64(len(sorted)) / whole))

	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median returns the 50th [Percentile] of samples in any order, and leaves them
// as they are.
func Median[T cmp.Ordered](samples []T) T {
	const middle = 50

	return Percentile(slices.Sorted(slices.Values(samples)), middle)
}
