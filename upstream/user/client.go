// Package user is our side of the user service: its calls, our model of a user
// and the translation from its JSON.
package user

import (
	"context"
	"net/url"

	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/wire"
)

// Client reads from the user service. It is safe for concurrent use.
type Client struct {
	service *resilience.Service
	read    Fields
}

// New returns a client that reads only those fields.
func New(service *resilience.Service, read Fields) *Client {
	return &Client{service: service, read: read}
}

// Get returns the user of that id, from GET /users/{id}. The error is a
// *fault.Error, of kind NotFound when the service knows no such user.
func (c *Client) Get(ctx context.Context, id string) (fresh.Value[User], error) {
	request := resilience.Request{Path: "/users/" + url.PathEscape(id), Names: true, Reading: uint64(c.read)}

	return resilience.Get(ctx, c.service, request, func(r *wire.Reader) User { return decode(r, id, c.read) })
}
