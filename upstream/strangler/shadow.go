package strangler

import (
	"context"

	"storefront/internal/telemetry"
)

// comparison is an answer of the old side that the new one's is to be held
// against.
type comparison struct {
	route  *route
	target string // of the new side
	id     string // of the request
	old    Reply
	peek   func(ctx context.Context, ask Ask) (Reply, error)
}

// shadows ask new sides beside old ones, off the clients' time and within
// bounds.
type shadows struct{}

func newShadows(*telemetry.Strangler) *shadows { return &shadows{} }

// offer has an answer be compared, unless there is too much to do. It never
// waits.
func (s *shadows) offer(c comparison) {}

func (s *shadows) close() error { return nil }
