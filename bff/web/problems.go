package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"storefront/internal/fault"
	"storefront/internal/problem"
)

// toProblem is the error wire of this BFF over REST.
func toProblem(err error) *problem.Details {
	switch {
	case errors.Is(err, errNoCustomers):
		return problem.Named(http.StatusNotFound, "no-customers", "No customers", "There are no customers here: nobody has set where they are.")
	case errors.Is(err, errNoCustomer):
		return problem.Named(http.StatusNotFound, "no-such-customer", "No such customer", "There is no customer of this id.")
	case fault.KindOf(err) == fault.NotFound:
		return problem.Named(http.StatusNotFound, "no-such-user", "No such user", "There is no user of this id.")
	}

	return problem.Named(http.StatusServiceUnavailable, "nothing-to-show", "Nothing to show",
		"No part of the page can be had just now. Please try again.")
}

// writeProblem tells a problem in the wire of the path that was asked for.
func writeProblem(w http.ResponseWriter, r *http.Request, d *problem.Details) {
	if r.URL.Path != "/graphql" {
		problem.Write(w, r, d)

		return
	}

	type extensions struct {
		Code string `json:"code"`
	}

	type graphqlError struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}

	body, _ := json.Marshal(struct { //nolint:errchkjson // Strings can be encoded.
		Errors []graphqlError `json:"errors"`
	}{[]graphqlError{{Message: d.Detail, Extensions: extensions{Code: code(d.Status)}}}})

	d.Headers(w.Header())
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(d.Status)
	_, _ = w.Write(body) // The client may be gone.
}

// code is the word in `errors[].extensions.code` for an HTTP status.
func code(status int) string {
	switch {
	case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
		return "OVERLOADED"
	case status >= http.StatusInternalServerError:
		return "INTERNAL_SERVER_ERROR"
	default:
		return "BAD_USER_INPUT"
	}
}
