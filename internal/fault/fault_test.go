package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"storefront/internal/fault"
)

func wrapped(err error) error { return fmt.Errorf("somewhere above: %w", err) }

func TestKindOf(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"nothing":                   {nil, fault.None},
		"our own":                   {fault.New(fault.Overload, "status %d", 429), fault.Overload},
		"our own, wrapped":          {wrapped(fault.New(fault.NotFound, "status 404")), fault.NotFound},
		"the outer of two":          {fault.Wrap(fault.CircuitOpen, fault.New(fault.Timeout, "late")), fault.CircuitOpen},
		"a deadline":                {wrapped(context.DeadlineExceeded), fault.Timeout},
		"a client that left":        {wrapped(context.Canceled), fault.Canceled},
		"our own before a deadline": {fault.Wrap(fault.InvalidResponse, context.DeadlineExceeded), fault.InvalidResponse},
		"anything else":             {io.ErrUnexpectedEOF, fault.Unavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := fault.KindOf(test.err); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestReason holds the words against the contract, which clients are written
// against.
func TestReason(t *testing.T) {
	t.Parallel()

	tests := map[fault.Kind]string{
		fault.None:            "",
		fault.Timeout:         "timeout",
		fault.Unavailable:     "unavailable",
		fault.InvalidResponse: "invalid_response",
		fault.CircuitOpen:     "circuit_open",
		fault.Overload:        "overload",
		fault.NotFound:        "not_found",
		fault.Canceled:        "canceled",
		fault.Canceled + 1:    "unavailable",
	}
	for kind, want := range tests {
		if got := kind.Reason(); got != want || kind.String() != want {
			t.Errorf("kind %d: got %q and %q, want %q", kind, got, kind.String(), want)
		}
	}
}

func TestErrorTellsKindAndCause(t *testing.T) {
	t.Parallel()

	err := fault.Wrap(fault.Unavailable, io.ErrUnexpectedEOF)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is not in the chain")
	}

	for _, test := range []struct {
		err  *fault.Error
		want string
	}{
		{err, "unavailable: unexpected EOF"},
		{fault.New(fault.Timeout, "after %d ms", 5), "timeout: after 5 ms"},
		{fault.Wrap(fault.Canceled, nil), "canceled"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}

	if cause := errors.Unwrap(fault.New(fault.Timeout, "late: %w", io.EOF)); !errors.Is(cause, io.EOF) {
		t.Errorf("a format's %%w is lost: %v", cause)
	}
}

func TestOf(t *testing.T) {
	t.Parallel()

	ours := wrapped(fault.New(fault.Overload, "status 429"))

	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"one of ours stays": {ours, ours.Error()},
		"any other has one": {wrapped(context.DeadlineExceeded), "timeout: somewhere above: context deadline exceeded"},
	} {
		got := fault.Of(test.err)

		var e *fault.Error
		if !errors.As(got, &e) || got.Error() != test.want || fault.KindOf(got) != fault.KindOf(test.err) {
			t.Errorf("%s: got %v", name, got)
		}
	}

	if err := fault.Of(nil); err != nil {
		t.Errorf("made up %v", err)
	}
}
