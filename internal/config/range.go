package config

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"
)

// Range is what a setting may be, both ends included.
type Range[T cmp.Ordered] struct {
	low, high T
}

// Between is the range from low to high, both included.
func Between[T cmp.Ordered](low, high T) Range[T] {
	return Range[T]{low: low, high: high}
}

func (r Range[T]) contains(v T) bool { return r.low <= v && v <= r.high }

func (r Range[T]) words(format func(T) string) string {
	return "between " + format(r.low) + " and " + format(r.high)
}

// formatDuration writes d as an operator would: 10m, not 10m0s.
func formatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

type unit struct {
	name string
	size int
}

// binaryUnits lists the powers of 1024 from the largest down.
func binaryUnits() []unit {
	return []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}
}

// units lists every unit so that none comes after one that it ends with.
func units() []unit {
	return append(binaryUnits(), unit{"GB", 1e9}, unit{"MB", 1e6}, unit{"KB", 1e3}, unit{"B", 1}, unit{"", 1})
}

// formatSize writes a number of bytes in the largest binary unit that divides
// it, else as a plain number.
func formatSize(n int) string {
	for _, u := range binaryUnits() {
		if n != 0 && n%u.size == 0 {
			return strconv.Itoa(n/u.size) + u.name
		}
	}
	return strconv.Itoa(n)
}

func parseSize(text string) (int, bool) {
	for _, u := range units() {
		if digits, found := strings.CutSuffix(text, u.name); found {
			n, err := strconv.Atoi(digits)
			return n * u.size, err == nil && 0 <= n && n <= math.MaxInt/u.size
		}
	}
	return 0, false
}
