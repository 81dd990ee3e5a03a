// Package product is our side of the product service: its calls, our model of
// a product and the translation from its JSON.
package product

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/wire"
)

const (
	// MaxIDs is the most products that one call may ask for by id.
	MaxIDs = 1000
	// maxStrangers is how many products beyond those asked for a service may
	// answer before the rest is not looked at.
	maxStrangers = 1000
	// maxSpecs is the most technical details that one product may have.
	maxSpecs = 200
)

// Client reads from the product service. It is safe for concurrent use.
type Client struct {
	service *resilience.Service
	read    Fields
}

// New returns a client that reads only those fields.
func New(service *resilience.Service, read Fields) *Client {
	return &Client{service: service, read: read}
}

// Recommended returns the first limit products recommended for a user, best
// first, from GET /products?user_id={id}&limit={n}. The error is a
// *fault.Error.
func (c *Client) Recommended(ctx context.Context, userID string, limit int) (fresh.Value[List], error) {
	query := "user_id=" + url.QueryEscape(userID) + "&limit=" + strconv.Itoa(limit)

	request := resilience.Request{Path: "/products", Query: query, Reading: uint64(c.read), About: "user:" + userID}

	return resilience.Get(ctx, c.service, request, func(r *wire.Reader) List { return decodeList(r, limit, c.read) })
}

// ByID returns the products of those ids, at most [MaxIDs], in the order of the
// service, from GET /products?ids={a},{b},{c}. Ids that the service does not
// know are left out. The error is a *fault.Error.
func (c *Client) ByID(ctx context.Context, ids []string) (fresh.Value[List], error) {
	escaped := make([]string, len(ids))
	for i, id := range ids {
		escaped[i] = url.QueryEscape(id)
	}

	began := time.Now()
	request := resilience.Request{Path: "/products", Query: "ids=" + strings.Join(escaped, ","), Reading: uint64(c.read), InParts: true}

	list, err := resilience.Get(ctx, c.service, request, func(r *wire.Reader) List { return decodeAsked(r, ids, c.read) })
	for _, p := range list.Of {
		resilience.Hold(ctx, c.service, request, c.one(p.ID.Text), p, list.Status, began)
	}

	return list, err
}

// AtHand returns those of the products for which no call is needed, in the
// order of ids, and the ids of the others.
func (c *Client) AtHand(ctx context.Context, ids []string) (held fresh.Value[List], missing []string) {
	for _, id := range ids {
		p, found := resilience.Held[Product](ctx, c.service, c.one(id))
		if !found {
			missing = append(missing, id)

			continue
		}

		if len(held.Of) == 0 {
			held.Status = p.Status
		}

		held.Of = append(held.Of, p.Of)
		held.Status = held.And(p.Status)
	}

	if len(missing) == 0 {
		c.service.Hit(ctx)
	}

	return held, missing
}

// one asks for a single product.
func (c *Client) one(id string) resilience.Request {
	return resilience.Request{Path: "/products/" + url.PathEscape(id), Names: true, Reading: uint64(c.read)}
}

// Get returns the product of that id, from GET /products/{id}. The error is a
// *fault.Error, of kind NotFound when the service knows no such product.
func (c *Client) Get(ctx context.Context, id string) (fresh.Value[Product], error) {
	return resilience.Get(ctx, c.service, c.one(id), func(r *wire.Reader) Product { return decodeOne(r, id, c.read) })
}
