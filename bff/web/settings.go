package web

import (
	"time"

	"storefront/internal/config"
)

// DefaultMaxCalls is the most upstream calls of one GraphQL operation unless
// settings say otherwise: enough for a page of several users with their orders.
const DefaultMaxCalls = 32

// Settings of the web BFF.
type Settings struct {
	Addr   string
	Budget time.Duration
	MaxAge time.Duration
	// MaxCalls is the most upstream calls that one GraphQL operation may take.
	MaxCalls int
}

// Declare adds the settings of the web BFF to env.
func Declare(env *config.Env) *Settings {
	const (
		budget, minBudget, maxBudget = 2 * time.Second, time.Millisecond, 10 * time.Minute
		maxAge, maxMaxAge            = 0, 24 * time.Hour
		maxMaxCalls                  = 10_000
	)

	s := new(Settings)
	env.Addr(&s.Addr, "WEB_ADDR", "127.0.0.1:8080", "where the web BFF listens: GraphQL, playground")
	env.Duration(&s.Budget, "WEB_BUDGET", budget, config.Between(minBudget, maxBudget),
		"the most time one request of the web BFF may take, upstream calls included")
	env.Duration(&s.MaxAge, "WEB_MAX_AGE", maxAge, config.Between(0, maxMaxAge), "how long a browser may keep a REST page")

	env.Int(&s.MaxCalls, "MAX_UPSTREAM_CALLS", DefaultMaxCalls, config.Between(1, maxMaxCalls),
		"the most upstream calls that one GraphQL operation may take; one that could take more is refused before its first")

	return s
}
