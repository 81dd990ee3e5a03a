package serve

import (
	"context"
	"net/http"

	"storefront/internal/fanout"
	"storefront/internal/need"
	"storefront/internal/page"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

// scope is the context of one request: all that the pipe knows of it in one
// piece, where a chain of contexts would be as many.
type scope struct {
	context.Context //nolint:containedctx // It is one.

	record    telemetry.Record
	principal any // a session.Principal, boxed once
	deadline  any // a time.Time; nil is none
	draft     page.Draft

	// Set before the request reaches its handler, and only read afterwards.
	shedding bool // its optional sections are shed
	shed     bool // it is refused: the log has sums of those
}

type scopeKey struct{}

// scopeOf returns the scope of a request; nil outside of a pipe.
func scopeOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)

	return s
}

// newScope returns the scope of r, whose time runs from now on.
func newScope(ctx context.Context, o Options, r *http.Request) *scope {
	s := &scope{Context: ctx, principal: session.FromRequest(r)}
	s.record.BFF, s.record.RequestID = o.BFF, requestID(r)

	if o.Budget > 0 {
		s.deadline = fanout.DeadlineOf(o.Budget)
	}

	return s
}

// Value answers for what the scope knows.
func (s *scope) Value(key any) any {
	switch key.(type) {
	case telemetry.RecordKey:
		return &s.record
	case session.Key:
		return s.principal
	case fanout.DeadlineKey:
		return s.deadline
	case page.DraftKey:
		return &s.draft
	case need.SheddingKey:
		return s.shedding
	case scopeKey:
		return s
	}

	return s.Context.Value(key)
}
