package upstream

import (
	"fmt"
	"maps"
	"slices"

	"storefront/internal/fanout"
)

// DefaultMaxCalls is the most upstream calls of one request unless settings say
// otherwise: enough for a page of several users with their orders.
const DefaultMaxCalls = 32

const maxCallsName = "MAX_UPSTREAM_CALLS"

// Allow returns an error unless all that a program offers stays within the most
// calls that one request may cause. It is known before anybody asks.
func (s *Settings) Allow(bounds map[string]fanout.Bound) error {
	worst, most := "", s.MaxCalls

	for _, what := range slices.Sorted(maps.Keys(bounds)) {
		if calls := bounds[what].Calls; calls > most {
			worst, most = what, calls
		}
	}

	if worst == "" {
		return nil
	}

	return fmt.Errorf("%s=%d: must be at least %d, since %s may cause so many upstream calls", //nolint:err113 // For a person to read.
		maxCallsName, s.MaxCalls, most, worst)
}
