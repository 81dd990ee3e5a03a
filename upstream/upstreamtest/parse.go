package upstreamtest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The bounds of what [Parse] takes.
const (
	maxText  = 512 // bytes
	maxPause = time.Hour
	maxFirst = 1_000_000
)

// Parse reads a fault as specs write it: its name, after a colon what it needs,
// and after spaces what narrows it down.
//
//	hang
//	latency:300ms
//	latency:40ms p99:400ms seed:7
//	status:503 retry-after:2s first:2
//	reset-mid-body share:0.2
//	truncated on:/products?ids after:50ms
//
// [Names] lists the names. Everything that is unknown, malformed, out of bounds
// or there twice is an error that says so.
func Parse(text string) (Fault, error) {
	if len(text) > maxText {
		return Fault{}, fmt.Errorf("upstreamtest: fault of %d bytes, at most %d are allowed", len(text), maxText)
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return Fault{}, fmt.Errorf("upstreamtest: no fault named, allowed are %v", Names())
	}
	fault, err := parseKind(words[0])
	if err != nil {
		return Fault{}, err
	}
	seen := make(map[string]bool)
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, ":")
		if seen[key] {
			return Fault{}, fmt.Errorf("upstreamtest: fault %q: %s is there twice", text, key)
		}
		seen[key] = true
		if err := fault.set(key, value); err != nil {
			return Fault{}, fmt.Errorf("upstreamtest: fault %q: %w", text, err)
		}
	}
	if err := fault.check(); err != nil {
		return Fault{}, err
	}
	return fault, nil
}

// parseKind reads the fault's name and what stands behind its colon.
func parseKind(word string) (f Fault, err error) {
	name, arg, given := strings.Cut(word, ":")
	f.name = name
	switch kinds()[name].arg {
	case pauseArg:
		f.pause, err = time.ParseDuration(arg)
	case codeArg:
		f.code, err = strconv.Atoi(arg)
	case noArg:
		if given {
			err = fmt.Errorf("it takes no %q", arg)
		}
	}
	if err != nil {
		return Fault{}, fmt.Errorf("upstreamtest: fault %q: %w", word, err)
	}
	return f, nil
}

// set reads one of the words behind the fault's name.
func (f *Fault) set(key, value string) (err error) {
	if value == "" {
		return fmt.Errorf("%q: want key:value", key)
	}
	switch key {
	case "on":
		f.on = value
	case "p99":
		f.p99, err = time.ParseDuration(value)
	case "share":
		f.share, err = parseShare(value)
	case "seed":
		f.seed, err = strconv.ParseUint(value, 10, 64)
	case "first":
		f.first, err = strconv.Atoi(value)
	case "after":
		f.after, err = time.ParseDuration(value)
	case "retry-after":
		f.retryAfter, err = time.ParseDuration(value)
	default:
		return fmt.Errorf("unknown word %q, allowed are on, share, seed, first, after, retry-after and, of latency, p99", key)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// parseShare does not take 0, which would be no share at all.
func parseShare(value string) (float64, error) {
	p, err := strconv.ParseFloat(value, 64)
	if err == nil && p == 0 {
		return 0, errShare
	}
	return p, err
}

var errShare = errors.New("share must be above 0 and at most 1")

// check says what is wrong with a fault, whoever made it.
func (f Fault) check() error {
	kind, known := kinds()[f.name]
	if !known {
		return fmt.Errorf("upstreamtest: unknown fault %.64q, allowed are %v", f.name, Names())
	}
	if kind.arg == codeArg && (f.code < 200 || f.code > 599) {
		return fmt.Errorf("upstreamtest: fault %q: the status must be 200 to 599", f)
	}
	if _, err := parsePattern(f.on); err != nil {
		return err
	}
	return f.checkBounds()
}

func (f Fault) checkBounds() error {
	if !(f.share >= 0 && f.share <= 1) { // Nor NaN.
		return fmt.Errorf("upstreamtest: fault %q: %w", f, errShare)
	}
	if f.p99 != 0 && (f.name != "latency" || f.pause <= 0 || f.p99 < f.pause) {
		return fmt.Errorf("upstreamtest: fault %q: p99 is for a latency, which is above 0s and no longer", f)
	}
	if f.first < 0 || f.first > maxFirst {
		return fmt.Errorf("upstreamtest: fault %q: first must be 0 to %d", f, maxFirst)
	}
	for _, d := range []time.Duration{f.pause, f.p99, f.after, f.retryAfter} {
		if d < 0 || d > maxPause {
			return fmt.Errorf("upstreamtest: fault %q: times must be 0s to %v", f, maxPause)
		}
	}
	if f.retryAfter%time.Second != 0 {
		return fmt.Errorf("upstreamtest: fault %q: retry-after must be whole seconds", f)
	}
	return nil
}

// MarshalText writes the fault as [Parse] reads it.
func (f Fault) MarshalText() ([]byte, error) {
	return []byte(f.String()), f.check()
}

// UnmarshalText reads a fault as [Parse] does, so that a spec can hold one.
func (f *Fault) UnmarshalText(text []byte) (err error) {
	*f, err = Parse(string(text))
	return err
}
