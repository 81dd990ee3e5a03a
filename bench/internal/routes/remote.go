package routes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

var (
	errRefused = errors.New("the program refuses")
	errNone    = errors.New("there is no such route")
)

// Remote are the routes of a program that runs, by the base URL of its
// operations port.
type Remote string

// Place is where a route stands.
type Place struct {
	Mode    string `json:"mode"`
	Percent int    `json:"percent,omitempty"`
}

// Report is what a program knows of a route.
type Report struct {
	Place

	Name  string `json:"name"`
	Sides struct {
		Old Side `json:"old"`
		New Side `json:"new"`
	} `json:"sides"`
	Fallbacks   int64        `json:"fallbacks"`
	Compared    int64        `json:"compared"`
	Different   int64        `json:"different"`
	Differences []Difference `json:"differences"`
}

// Side is how one of the two systems does.
type Side struct {
	Requests int64 `json:"requests"`
	Failed   int64 `json:"failed"`
}

// Difference is where the answers of both systems differ.
type Difference struct {
	Path  string `json:"path"`
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
}

// Move has a route stand somewhere else, which is in force when Move returns.
func (r Remote) Move(ctx context.Context, name string, to Place) error {
	return r.ask(ctx, http.MethodPatch, "/strangler/routes/"+name, to, nil)
}

// Put takes the place of all routes.
func (r Remote) Put(ctx context.Context, f File) error {
	return r.ask(ctx, http.MethodPut, "/strangler/routes", f, nil)
}

// Place says where a route stands.
func (r Remote) Place(ctx context.Context, name string) (Place, error) {
	var file struct {
		Routes []struct {
			Place

			Name string `json:"name"`
		} `json:"routes"`
	}

	if err := r.ask(ctx, http.MethodGet, "/strangler/routes", nil, &file); err != nil {
		return Place{}, err
	}

	for _, route := range file.Routes {
		if route.Name == name {
			return route.Place, nil
		}
	}

	return Place{}, fmt.Errorf("%w: %s", errNone, name)
}

// Report says what is known of a route.
func (r Remote) Report(ctx context.Context, name string) (Report, error) {
	var all struct {
		Routes []Report `json:"routes"`
	}

	if err := r.ask(ctx, http.MethodGet, "/strangler/report", nil, &all); err != nil {
		return Report{}, err
	}

	for _, report := range all.Routes {
		if report.Name == name {
			return report, nil
		}
	}

	return Report{}, fmt.Errorf("%w: %s", errNone, name)
}

// ask sends a value, where there is one, and reads the answer into another.
func (r Remote) ask(ctx context.Context, method, path string, send, read any) error {
	var body bytes.Buffer

	if send != nil {
		if err := json.NewEncoder(&body).Encode(send); err != nil {
			return fmt.Errorf("routes: %w", err)
		}
	}

	request, err := http.NewRequestWithContext(ctx, method, string(r)+path, &body)
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}

	request.Header.Set("Accept", "application/json")

	if send != nil {
		request.Header.Set("Content-Type", "application/json")
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}

	if err = errors.Join(take(response, read), response.Body.Close()); err != nil {
		return fmt.Errorf("routes: %s %s: %w", method, path, err)
	}

	return nil
}

// take reads an answer.
func take(response *http.Response, into any) error {
	const longest, longestWhy = 4 << 20, 1 << 10

	if response.StatusCode >= http.StatusBadRequest {
		why, err := io.ReadAll(io.LimitReader(response.Body, longestWhy))

		return errors.Join(fmt.Errorf("%w: %d %s", errRefused, response.StatusCode, strings.TrimSpace(string(why))), err)
	}

	if into == nil {
		return nil
	}

	if err := json.NewDecoder(io.LimitReader(response.Body, longest)).Decode(into); err != nil {
		return fmt.Errorf("the answer: %w", err)
	}

	return nil
}
