package strangler

import (
	"errors"
	"net/http"
	"os"
	"strings"

	"storefront/internal/fault"
	"storefront/internal/problem"
	"storefront/internal/telemetry"
)

// refusal says why a request is not passed on, whatever its route; nil if it is.
func refusal(r *http.Request, name string) *problem.Details {
	if r.Method == http.MethodConnect {
		return problem.New(http.StatusMethodNotAllowed, "This is no proxy of that kind.")
	}

	if !r.ProtoAtLeast(1, 1) && needsLength(r) {
		return problem.New(http.StatusLengthRequired, "In HTTP/1.0 a body needs a Content-Length.")
	}

	if why := trick(r.RequestURI); why != "" {
		return problem.New(http.StatusBadRequest, why)
	}

	for _, protocol := range r.Header["Upgrade"] {
		if strings.Contains(strings.ToLower(protocol), "websocket") {
			return problem.New(http.StatusNotImplemented, "Web sockets are not passed on.")
		}
	}

	for _, hop := range r.Header["Via"] {
		if strings.Contains(hop, " "+name) {
			return problem.New(http.StatusLoopDetected, "This request has been here before.")
		}
	}

	return nil
}

// needsLength is true of a request that is to have a body, and does not say how
// long it is.
func needsLength(r *http.Request) bool {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return r.Header.Get("Content-Length") == ""
	default:
		return false
	}
}

// refuse answers a request that no side has answered. It tells neither where a
// side is nor what it said.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	details := about(err)
	if details == nil {
		panic(http.ErrAbortHandler) // The client has left.
	}

	if id := telemetry.RecordFrom(r.Context()).RequestID; id != "" {
		w.Header().Set("X-Request-Id", id) // An early hint may have taken it along.
	}

	problem.Write(w, r, details)
}

// about is what a client is told of an error; nil where there is no client.
func about(err error) *problem.Details {
	upload, broken := errors.AsType[*uploadError](err)

	switch {
	case errors.Is(err, errNoRoute):
		return problem.New(http.StatusNotFound, "There is nothing here, or not for this method.")
	case errors.Is(err, errNeedsKey):
		return problem.Named(http.StatusBadRequest, "idempotency-key-missing", "Idempotency key is missing",
			"This request needs an idempotency key, so that it takes effect once whichever system it goes to. Please send one and the same key with each attempt.")
	case errors.Is(err, errNoMatch):
		return problem.New(http.StatusPreconditionFailed, "If-Match names no state that there is now. Please fetch it anew.")
	case broken && errors.Is(upload, os.ErrDeadlineExceeded):
		return problem.New(http.StatusRequestTimeout, "The body has stopped coming.")
	case broken:
		return problem.New(http.StatusBadRequest, "The body has broken off, or cannot be read as HTTP.")
	}

	switch fault.KindOf(err) { //nolint:exhaustive // The others are of a side that answers wrongly, or not to the end.
	case fault.Canceled:
		return nil
	case fault.Timeout:
		return problem.New(http.StatusGatewayTimeout, "The answer did not come in time.")
	case fault.Overload, fault.CircuitOpen:
		return problem.New(http.StatusServiceUnavailable, "There is more to do than can be done. Please try again.")
	}

	if unreached(err) {
		return problem.New(http.StatusServiceUnavailable, "What would answer this is away. Please try again.")
	}

	return problem.New(http.StatusBadGateway, "What would answer this did not do so properly.")
}
