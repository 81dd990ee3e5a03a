// Package customer is our side of the legacy customer system: its one call, our
// model of a customer, and the anti-corruption layer between the two.
//
// The system's shape, its names and its habits stop at wire.go, which has a table
// of what it does with bad data. Beside that file and text.go nobody has to know
// that there is any.
package customer

import (
	"context"
	"net/url"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/wire"
)

// Client reads from the legacy customer system. It is safe for concurrent use.
type Client struct {
	service *resilience.Service // nil: there is none
	counts  *Counts
}

// ErrNoSystem is why nobody is a customer where no system is set.
var ErrNoSystem error = fault.New(fault.NotFound, "no legacy customer system is set")

// New returns a client. Where service is nil there is no system, and nobody is a
// customer. What becomes of records is counted where counts is not nil.
func New(service *resilience.Service, counts *Counts) *Client {
	return &Client{service: service, counts: counts}
}

// Get returns the customer of that id, from GET /cust/{id}. The error is a
// *fault.Error: NotFound when the system knows no such customer, which is
// [ErrNoSystem] where none is set; InvalidResponse for a record that is none, of
// no use, or about someone else.
func (c *Client) Get(ctx context.Context, id string) (fresh.Value[Customer], error) {
	if c.service == nil {
		return fresh.None[Customer](fault.NotFound), ErrNoSystem
	}

	request := resilience.Request{
		Path: "/cust/" + url.PathEscape(id), Names: true, OfOne: true, About: "customer:" + id,
		AnyContent: true, Refused: c.counts.refused,
	}

	return resilience.Get(ctx, c.service, request, func(r *wire.Reader) Customer { return c.read(r, id) })
}

// read is what there is in a record about id, which is counted.
func (c *Client) read(r *wire.Reader, id string) Customer {
	customer, findings := decode(r, id)
	c.counts.add(findings)

	return customer
}
