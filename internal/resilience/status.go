package resilience

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// statusError is an answer that was refused for its status.
type statusError struct {
	code int
	// after is how long the service wants to be left alone; negative where it
	// does not say.
	after time.Duration
}

// Error names the status.
func (s *statusError) Error() string { return "status " + strconv.Itoa(s.code) }

// statusOf returns the status that a call was refused for.
func statusOf(err error) (*statusError, bool) {
	return errors.AsType[*statusError](err)
}

// refuses reports whether the service is well and says no.
func (s *statusError) refuses() bool {
	return s.code >= http.StatusBadRequest && s.code < http.StatusInternalServerError
}

// passes reports whether it may be another one a moment later, or elsewhere.
func (s *statusError) passes() bool {
	return s.code == http.StatusBadGateway || s.code == http.StatusServiceUnavailable || s.code == http.StatusGatewayTimeout
}

// retryAfter is what a Retry-After says, in seconds or as a date; negative for
// nothing that can be understood.
func retryAfter(text string) time.Duration {
	const most = 31 // bits; some 68 years

	if seconds, err := strconv.ParseUint(text, 10, most); err == nil {
		return time.Duration(seconds) * time.Second
	}

	at, err := http.ParseTime(text)
	if err != nil {
		return -1
	}

	return max(0, time.Until(at))
}
