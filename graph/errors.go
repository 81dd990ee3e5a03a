package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"storefront/internal/fault"
	"storefront/internal/telemetry"
)

// codeInternal is the code of a mistake in the program.
const codeInternal = "INTERNAL_SERVER_ERROR"

// absence is a section that could not be had, as an error of its field.
type absence fault.Kind

// Error is the message that a client reads.
func (a absence) Error() string { return a.words().message }

type words struct{ code, message string }

// words are the one place where a kind of failure gets its GraphQL wire.
func (a absence) words() words {
	switch fault.Kind(a) {
	case fault.Timeout:
		return words{"UPSTREAM_TIMEOUT", "This part did not arrive in time."}
	case fault.InvalidResponse:
		return words{"UPSTREAM_INVALID_RESPONSE", "This part arrived broken."}
	case fault.CircuitOpen:
		return words{"CIRCUIT_OPEN", "This part is known to be unavailable."}
	case fault.Overload:
		return words{"OVERLOADED", "This part is overloaded."}
	case fault.NotFound:
		return words{"NOT_FOUND", "There is no such thing."}
	case fault.None, fault.Unavailable, fault.Canceled:
	}

	return words{"UPSTREAM_UNAVAILABLE", "This part is unavailable."}
}

// present gives an error of a field its path and its code. What is not one of
// ours is a mistake in the program: it goes to the log, not to the client.
func present(ctx context.Context, err error) *gqlerror.Error {
	message, code := "Something went wrong here. It has been noted.", codeInternal

	if missing, ok := errors.AsType[absence](err); ok {
		message, code = missing.words().message, missing.words().code
	} else {
		telemetry.RecordFrom(ctx).SetFault(err)
	}

	return &gqlerror.Error{
		Message: message, Path: graphql.GetPath(ctx), Extensions: map[string]any{"code": code},
	}
}

// recovered turns a panic of a resolver into an error of its field.
func recovered(_ context.Context, v any) error {
	return fmt.Errorf("panic: %v\n%s", v, debug.Stack()) //nolint:err113 // For the log.
}
