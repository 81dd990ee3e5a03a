// Package fault gives every failure of an outgoing call a kind.
//
// A kind is what the layers above need to decide: whether a last good answer
// may stand in, which reason a client reads, which code an operator counts.
// The package does not know which service failed in what protocol, nor how a
// client spells an error: each BFF turns kinds into its own wire in one place.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind says how a call failed.
type Kind uint8

// The kinds. Their reasons are part of the clients' contract.
const (
	// None is the zero kind: nothing failed.
	None Kind = iota
	// Timeout means: the answer did not come within the budget.
	Timeout
	// Unavailable: no answer, or one that says the service is failing.
	Unavailable
	// InvalidResponse: an answer that breaks the service's contract.
	InvalidResponse
	// CircuitOpen: the call was not made, since the service is known to fail.
	CircuitOpen
	// Overload: the call was refused to protect the service or ourselves.
	Overload
	// NotFound: the service says that there is no such thing.
	NotFound
	// Canceled: the client went away; nobody waits for an answer.
	Canceled
)

// reasons are the words of the `degraded` list, in the order of the kinds.
var reasons = [...]string{ //nolint:gochecknoglobals // A constant table.
	None:            "",
	Timeout:         "timeout",
	Unavailable:     "unavailable",
	InvalidResponse: "invalid_response",
	CircuitOpen:     "circuit_open",
	Overload:        "overload",
	NotFound:        "not_found",
	Canceled:        "canceled",
}

// Reason is the kind as a client reads it, such as "timeout".
func (k Kind) Reason() string {
	if int(k) < len(reasons) {
		return reasons[k]
	}

	return reasons[Unavailable]
}

// String makes a kind readable in logs.
func (k Kind) String() string { return k.Reason() }

// Error is a failed call: its kind for decisions, its cause for the log.
// A cause never reaches a client.
type Error struct {
	Kind  Kind
	Cause error
}

// New returns a failure of that kind with a cause made from format and args.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Cause: fmt.Errorf(format, args...)} //nolint:err113 // The cause is for people; code looks at the kind.
}

// Wrap returns err as a failure of that kind.
func Wrap(kind Kind, err error) *Error { return &Error{Kind: kind, Cause: err} }

// Of returns err as an [Error] of its kind; nil for nil. One that is an [Error]
// already stays as it is.
func Of(err error) error {
	if err == nil {
		return nil
	}

	if _, already := errors.AsType[*Error](err); already {
		return err
	}

	return Wrap(KindOf(err), err)
}

// Error names the kind and the cause.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Kind.Reason()
	}

	return e.Kind.Reason() + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf returns the kind of the first [Error] in err's chain. A bare context
// error is a Timeout or Canceled, any other error Unavailable, nil None.
func KindOf(err error) Kind {
	if err == nil {
		return None
	}

	var e *Error

	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Canceled
	default:
		return Unavailable
	}
}
