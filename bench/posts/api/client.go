package api

import (
	"context"
	"strconv"

	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/wire"
)

// maxPosts is the most posts that are read of one answer.
const maxPosts = 1000

// Client reads from the posts service.
type Client struct{ service *resilience.Service }

// NewClient returns a client of service.
func NewClient(service *resilience.Service) *Client { return &Client{service} }

// fields are the fields of posts that are read: what nobody selected is skipped.
type fields uint8

const (
	titles fields = 1 << iota
	bodies
	users
)

func (f fields) has(field fields) bool { return f&field != 0 }

func (c *Client) posts(ctx context.Context, read fields) (fresh.Value[Posts], error) {
	return resilience.Get(ctx, c.service, resilience.Request{Path: "/posts", Reading: uint64(read)}, func(r *wire.Reader) Posts {
		list := Posts{}
		for range r.Array(maxPosts) {
			list = append(list, decodePost(r, read))
		}

		return list
	})
}

func decodePost(r *wire.Reader, read fields) (p Post) {
	for key := range r.Object() {
		switch {
		case key == "id":
			p.ID = r.Int()
		case key == "userId":
			p.UserID = r.Int()
		case key == "title" && read.has(titles):
			p.Title = r.Text()
		case key == "body" && read.has(bodies):
			p.Body = r.Text()
		}
	}

	return p
}

func (c *Client) user(ctx context.Context, id int64) (fresh.Value[PostUser], error) {
	request := resilience.Request{Path: "/posts/users/" + strconv.FormatInt(id, 10), Names: true}

	return resilience.Get(ctx, c.service, request, decodeUser)
}

func decodeUser(r *wire.Reader) (u PostUser) {
	for key := range r.Object() {
		switch key {
		case "id":
			u.ID = r.Int()
		case "name":
			u.Name = r.Text()
		case "username":
			u.Username = r.Text()
		case "email":
			u.Email = r.Text()
		case "phone":
			u.Phone = r.OptionalText()
		case "website":
			u.Website = r.OptionalText()
		}
	}

	return u
}
