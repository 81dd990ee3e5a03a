package api

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
)

// maxUsers is the most users that one operation asks for.
const maxUsers = 100

var (
	errPosts = errors.New("the posts are unavailable")
	errUsers = errors.New("some users are unavailable")
)

// page is what one operation needs, fetched.
type page struct {
	posts         []Post
	failed, users error
}

// postsOf returns the posts of the operation of ctx. Where users are missing
// that is an error of its own.
func postsOf(ctx context.Context) ([]*Post, error) {
	p, _ := ctx.Value(runKey{}).(*page)
	if p == nil || p.failed != nil {
		return nil, errPosts
	}

	if p.users != nil {
		graphql.AddError(ctx, p.users)
	}

	posts := make([]*Post, len(p.posts))
	for i := range p.posts {
		posts[i] = &p.posts[i]
	}

	return posts, nil
}

// load fetches the posts and then, where they are selected, their users side by
// side, each once.
func load(ctx context.Context, client *Client, read fields) *page {
	posts := fanout.Of(fanout.Section{Name: "posts"}, func(ctx context.Context) (fresh.Value[Posts], error) {
		return client.posts(ctx, read)
	})
	if _, err := fanout.Run(ctx, posts); err != nil {
		return &page{failed: errPosts}
	}

	p := &page{posts: *posts.Value()}
	if read.has(users) {
		p.addUsers(ctx, client)
	}

	return p
}

func (p *page) addUsers(ctx context.Context, client *Client) {
	p.posts = slices.Clone(p.posts) // Others may be reading the same answer.

	ids := make([]int64, len(p.posts))
	for i := range p.posts {
		ids[i] = p.posts[i].UserID
	}

	slices.Sort(ids)
	ids = slices.Compact(ids)

	if len(ids) > maxUsers {
		p.users, ids = errUsers, ids[:maxUsers]
	}

	parts := make([]*fanout.Part[PostUser], len(ids))
	fetches := make([]fanout.Fetch, len(ids))

	for i, id := range ids {
		parts[i] = fanout.Of(fanout.Section{Name: "user"}, func(ctx context.Context) (fresh.Value[PostUser], error) {
			return client.user(ctx, id)
		})
		fetches[i] = parts[i]
	}

	_, _ = fanout.Run(ctx, fetches...) // Each part tells what became of it.

	for _, part := range parts {
		if err := part.Err(); err != nil && fault.KindOf(err) != fault.NotFound {
			p.users = errUsers
		}
	}

	for i := range p.posts {
		if at, found := slices.BinarySearch(ids, p.posts[i].UserID); found {
			p.posts[i].User = parts[at].Value()
		}
	}
}
