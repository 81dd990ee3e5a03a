package web

import (
	"time"

	"storefront/internal/config"
)

// Settings of the web BFF.
type Settings struct {
	Addr   string
	Budget time.Duration
	MaxAge time.Duration
}

// Declare adds the settings of the web BFF to env.
func Declare(env *config.Env) *Settings {
	const (
		budget, minBudget, maxBudget = 2 * time.Second, time.Millisecond, 10 * time.Minute
		maxAge, maxMaxAge            = 0, 24 * time.Hour
	)

	s := new(Settings)
	env.Addr(&s.Addr, "WEB_ADDR", "127.0.0.1:8080", "where the web BFF listens: GraphQL, playground")
	env.Duration(&s.Budget, "WEB_BUDGET", budget, config.Between(minBudget, maxBudget),
		"the most time one request of the web BFF may take, upstream calls included")
	env.Duration(&s.MaxAge, "WEB_MAX_AGE", maxAge, config.Between(0, maxMaxAge), "how long a browser may keep a REST page")

	return s
}
