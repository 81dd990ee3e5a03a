// Package routes is what moves from an old system to new ones, as a program is
// told by its routes file, and over its operations port while it runs.
//
// It knows the outside of that port alone, and no system.
package routes

import (
	"encoding/json"
	"fmt"
	"os"
)

// Modes of a route.
const (
	Old     = "old"
	Shadow  = "shadow"
	Percent = "percent"
	New     = "new"
)

// File are the routes of a program.
type File struct {
	Routes []Route `json:"routes"`
}

// Route is one thing that moves.
type Route struct {
	Name     string   `json:"name"`
	Paths    []string `json:"paths"`
	Mode     string   `json:"mode"`
	Percent  int      `json:"percent,omitempty"`
	Fallback bool     `json:"fallback,omitempty"`
	Ramp     *Ramp    `json:"ramp,omitempty"`
}

// Ramp moves a route by itself.
type Ramp struct {
	Step          int     `json:"step"`  // percent
	Every         string  `json:"every"` // such as 2s
	MaxErrorRatio float64 `json:"max_error_ratio,omitempty"`
	MaxDiffRatio  float64 `json:"max_diff_ratio,omitempty"`
	MaxP99Ratio   float64 `json:"max_p99_ratio,omitempty"`
}

// Names of the routes of a [Shop], in the order in which they move.
const (
	Users    = "users"
	Products = "products"
	Orders   = "orders"
)

// Shop are the routes of the whole shop, all in one mode.
func Shop(mode string, fallback bool) File {
	route := func(name string, paths ...string) Route {
		return Route{Name: name, Paths: paths, Mode: mode, Fallback: fallback}
	}

	return File{Routes: []Route{
		route(Users, "/api/users/{id}"),
		route(Products, "/api/products", "/api/products/{id}"),
		route(Orders, "/api/orders", "/api/orders/{id}"),
	}}
}

// Change returns the routes with one of them changed.
func (f File) Change(name string, change func(*Route)) File {
	changed := File{Routes: append([]Route(nil), f.Routes...)}

	for n := range changed.Routes {
		if changed.Routes[n].Name == name {
			change(&changed.Routes[n])
		}
	}

	return changed
}

// Write writes the routes into a file, in JSON.
func (f File) Write(path string) error {
	const private = 0o600

	text, err := json.MarshalIndent(f, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), private)
	}

	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}

	return nil
}
