package h1

import (
	"context"
	"errors"
	"fmt"
)

var (
	// ErrRequest is a request that cannot be sent as it is: its target or its
	// header would not be what it seems.
	ErrRequest = errors.New("h1: malformed request")
	// ErrMalformed is an answer that is not HTTP, or whose end is in doubt.
	ErrMalformed = errors.New("h1: malformed answer")
	// ErrTooLong is a body longer than the caller takes.
	ErrTooLong = errors.New("h1: body is too long")

	// errSpoke is a connection that is of no use any more.
	errSpoke = errors.New("server closed the connection or spoke before it was asked")
)

// malformed says what is wrong with an answer, without its bytes: they may be
// anyone's.
func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// failure tells why a call failed: of a call that broke off because its time was
// up, the context knows the reason and the connection only the symptom.
func failure(ctx context.Context, doing string, err error) error {
	if errors.Is(err, ErrMalformed) || errors.Is(err, ErrTooLong) {
		return err
	}

	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("h1: %s: %w", doing, cause)
	}

	return fmt.Errorf("h1: %s: %w", doing, err)
}
