// Package fresh lets freshness travel with a value.
//
// What a client is told about a section (`degraded`), what a cache may keep
// (`Cache-Control`) and what an operator reads (`Server-Timing`, the wide
// event) all follow from the one State that came with the section's value.
package fresh

import (
	"time"

	"storefront/internal/fault"
)

// State is the rung of the ladder a section stands on.
type State uint8

// The rungs, best first.
const (
	// Fresh: the service said so just now.
	Fresh State = iota
	// Stale: the last good answer stands in for a failed call.
	Stale
	// Omitted: there is nothing to show.
	Omitted
)

// String is the state as a client reads it.
func (s State) String() string {
	switch s {
	case Fresh:
		return "fresh"
	case Stale:
		return "stale"
	case Omitted:
		return "omitted"
	}

	return "unknown"
}

// Status tells how a value stands: its rung, why it is not fresh (None when it
// is), and with Stale how old it is.
type Status struct {
	State  State
	Reason fault.Kind
	Age    time.Duration
	// Until is how long the service lets a fresh value be used again; zero is
	// for this request alone.
	Until time.Time
	// Public is true where the service lets it be shown to anybody.
	Public bool
}

// And is the status of two values that are shown as one: the worse of the two,
// and where they are equal what holds for both.
func (s Status) And(other Status) Status {
	switch {
	case other.State > s.State:
		return other
	case other.State < s.State:
		return s
	}

	s.Public = s.Public && other.Public
	if other.Until.Before(s.Until) {
		s.Until = other.Until
	}

	return s
}

// Value is a T with its status. The T may be shared with other requests and is
// read-only from here on; with Omitted it is the zero T.
type Value[T any] struct {
	Status

	Of T
}

// Now returns v as fresh.
func Now[T any](v T) Value[T] { return Value[T]{Of: v} }

// Old returns v as the last good answer that stands in after a failure of kind
// why; age is the time since it was fetched.
func Old[T any](v T, why fault.Kind, age time.Duration) Value[T] {
	return Value[T]{Of: v, Status: Status{State: Stale, Reason: why, Age: age}}
}

// None returns a value that could not be had because of a failure of kind why.
func None[T any](why fault.Kind) Value[T] {
	return Value[T]{Status: Status{State: Omitted, Reason: why}}
}
