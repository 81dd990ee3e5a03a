// Package order is our side of the order service: its calls, our model of an
// order and the translation from its JSON.
package order

import (
	"context"
	"net/url"
	"strconv"

	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/wire"
)

// Client reads from the order service. It is safe for concurrent use.
type Client struct {
	service *resilience.Service
	read    Fields
}

// New returns a client that reads only those fields.
func New(service *resilience.Service, read Fields) *Client {
	return &Client{service: service, read: read}
}

// Recent returns the newest limit orders of a user, newest first, from
// GET /orders?user_id={id}&limit={n}. The error is a *fault.Error.
func (c *Client) Recent(ctx context.Context, userID string, limit int) (fresh.Value[List], error) {
	query := "user_id=" + url.QueryEscape(userID) + "&limit=" + strconv.Itoa(limit)

	request := resilience.Request{Path: "/orders", Query: query, Reading: uint64(c.read), About: "user:" + userID}

	return resilience.Get(ctx, c.service, request, func(r *wire.Reader) List { return decodeList(r, limit, c.read) })
}

// Get returns the order of that id, from GET /orders/{id}. The error is a
// *fault.Error, of kind NotFound when the service knows no such order.
func (c *Client) Get(ctx context.Context, id string) (fresh.Value[Order], error) {
	request := resilience.Request{Path: "/orders/" + url.PathEscape(id), Names: true, Reading: uint64(c.read)}

	return resilience.Get(ctx, c.service, request, func(r *wire.Reader) Order { return decodeOne(r, id, c.read) })
}
