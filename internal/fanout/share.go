package fanout

import (
	"context"
	"time"

	"storefront/internal/need"
)

// shares are the contexts under which the sections of a page are fetched: one
// for each need among them, since what a section may take follows from that.
type shares struct {
	deadline time.Time
	bounded  bool
	each     [need.Required + 1]*share
	ends     [need.Required + 1]context.CancelFunc
}

func newShares(ctx context.Context) *shares {
	s := new(shares)
	s.deadline, s.bounded = Deadline(ctx)

	return s
}

// of returns the context of a section in the request of ctx.
func (s *shares) of(ctx context.Context, part Fetch) context.Context {
	n := part.declared().Need
	if s.each[n] != nil {
		return s.each[n]
	}

	wanted := n.Of(ctx)

	if s.bounded {
		now := time.Now()
		ctx, s.ends[n] = context.WithDeadline(ctx, now.Add(n.Within(s.deadline.Sub(now))))
	}

	s.each[n] = &share{Context: ctx, wanted: wanted}

	return s.each[n]
}

// end frees what the contexts hold.
func (s *shares) end() {
	for _, end := range s.ends {
		if end != nil {
			end()
		}
	}
}

// share is the context of the sections of one need.
type share struct {
	context.Context //nolint:containedctx // It is one.

	wanted any // a need.Wanted, boxed once
}

// Value answers for what calls need to know of the section.
func (s *share) Value(key any) any {
	if _, asked := key.(need.Key); asked {
		return s.wanted
	}

	return s.Context.Value(key)
}
