package report

import (
	"strconv"
	"time"
)

// Milliseconds writes a time in ms with two decimals.
func Milliseconds(d time.Duration) string { return decimal(float64(d)/float64(time.Millisecond), 2) } //nolint:mnd // Decimals.

// Microseconds writes a time in whole µs.
func Microseconds(d time.Duration) string { return decimal(float64(d)/float64(time.Microsecond), 0) }

// MiB writes bytes in MiB with one decimal.
func MiB[T int64 | float64](bytes T) string {
	const mib = 1 << 20

	return decimal(float64(bytes)/mib, 1)
}

// Count writes a number rounded to a whole one.
func Count(n float64) string { return decimal(n, 0) }

// Ratio writes a number with two decimals.
func Ratio(r float64) string { return decimal(r, 2) } //nolint:mnd // Decimals.

// Fine writes a number with three decimals.
func Fine(r float64) string { return decimal(r, 3) } //nolint:mnd // Decimals.

func decimal(value float64, decimals int) string {
	return strconv.FormatFloat(value, 'f', decimals, 64)
}
