package upstreamtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// preset is a bad day that has a name.
type preset struct {
	about  string // what it does, and what a page should look like
	faults []Fault
}

// presets is the one list of all presets.
func presets() map[string]preset {
	const half = 0.5
	median, slow, late := 40*time.Millisecond, 120*time.Millisecond, 800*time.Millisecond
	return map[string]preset{
		"slow": {
			"Every answer is right and some 20 times later than usual (half within 40 ms, 99 % within 120 ms): pages are slower, whole and fresh.",
			[]Fault{LatencySpread(median, slow)},
		},
		"jitter": {
			"Most answers are quick, one in a hundred takes 800 ms or more: pages are whole, and what is too late is an old answer or left out for timeout.",
			[]Fault{LatencySpread(5*time.Millisecond, late)},
		},
		"hang": {
			"No answer ever comes: pages are there when their budget is spent, the section is stale or omitted for timeout.",
			[]Fault{Hang()},
		},
		"flaky": {
			"Half of all requests get 503: the section is fresh half of the time (more where calls are tried again), else stale or omitted as unavailable.",
			[]Fault{Status(http.StatusServiceUnavailable).Share(half)},
		},
		"down": {
			"Every request gets 503: the section is stale or omitted as unavailable, at once.",
			[]Fault{Status(http.StatusServiceUnavailable)},
		},
		"reset": {
			"Every connection is reset in the middle of the body: the section is stale or omitted as unavailable, at once; half an answer is never shown.",
			[]Fault{ResetMidBody()},
		},
		"truncated": {
			"Every body ends in its middle: the section is stale or omitted as unavailable, at once; half an answer is never shown.",
			[]Fault{Truncated()},
		},
		"drip": {
			"Headers come at once and the body a byte every 20 ms, which is never done in time: the section is stale or omitted for timeout.",
			[]Fault{SlowDrip(20 * time.Millisecond)},
		},
		"malformed": {
			"Every body is no JSON: the section is stale or omitted for invalid_response, at once, and nothing of the body is shown.",
			[]Fault{Garbage()},
		},
		"wrong-type": {
			"Every field is of another type than was agreed: the section is stale or omitted for invalid_response, at once.",
			[]Fault{WrongType()},
		},
		"huge": {
			"Every answer is 200 MB long: the section is stale or omitted for invalid_response after 8 MiB, and the process does not grow.",
			[]Fault{Huge()},
		},
		"wrong-user": {
			"Every answer is a stranger's: a user, product or order that was not asked for is refused, stale or omitted for invalid_response; a list does not say whose it is, and is believed.",
			[]Fault{WrongUser()},
		},
		"stale-keepalive": {
			"Idle connections close just as the next request comes on them: pages are whole and fresh, since what has no answer is asked again.",
			[]Fault{StaleKeepalive()},
		},
		"storm": {
			"About half of all requests go wrong, in many ways at once, and the others are late now and then: each section is fresh, stale or omitted, and the page is there in time.",
			storm(),
		},
	}
}

// storm has what leads to the most different ends. A stranger's answer is one
// where it can be told, so that the storm shows nobody's data to another.
func storm() []Fault {
	const often, seldom = 0.1, 0.05
	return []Fault{
		Status(http.StatusServiceUnavailable).Share(often),
		Hang().Share(seldom),
		Stalled().Share(seldom),
		ResetBeforeHeaders().Share(seldom),
		ResetMidBody().Share(seldom),
		Truncated().Share(seldom),
		Status(http.StatusTooManyRequests).RetryAfter(time.Second).Share(seldom),
		Garbage().Share(seldom),
		WrongType().Share(seldom),
		WrongUser().On("/users/").Share(seldom),
		StaleKeepalive().Share(often),
		LatencySpread(5*time.Millisecond, 800*time.Millisecond),
	}
}

// Presets lists the names of all presets, sorted.
func Presets() []string {
	return slices.Sorted(maps.Keys(presets()))
}

// AboutPreset says what the preset of that name does and what a page should look
// like, in a sentence; "" where there is none.
func AboutPreset(name string) string { return presets()[name].about }

// Preset gives the faults of a bad day, for [Gate.Fail] and [Shop.Fail], with the
// seed that their chances follow from; see [Fault.Seed]. A name that is not in
// [Presets] is an error that lists them.
func Preset(name string, seed uint64) ([]Fault, error) {
	named, known := presets()[name]
	if !known {
		return nil, fmt.Errorf("upstreamtest: unknown preset %.64q, allowed are %v", name, Presets())
	}
	for i := range named.faults {
		named.faults[i] = named.faults[i].Seed(seed)
	}
	return named.faults, nil
}
