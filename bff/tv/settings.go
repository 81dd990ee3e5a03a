package tv

import (
	"time"

	"storefront/internal/config"
)

// Settings of the TV BFF.
type Settings struct {
	Addr   string
	Budget time.Duration
	MaxAge time.Duration
}

// Declare adds the settings of the TV BFF to env.
func Declare(env *config.Env) *Settings {
	const (
		budget, minBudget, maxBudget = time.Second, time.Millisecond, 10 * time.Minute
		maxAge, maxMaxAge            = 5 * time.Minute, 24 * time.Hour
	)

	s := new(Settings)
	env.Addr(&s.Addr, "TV_ADDR", "127.0.0.1:8082", "where the TV BFF listens")
	env.Duration(&s.Budget, "TV_BUDGET", budget, config.Between(minBudget, maxBudget),
		"the most time one request of the TV BFF may take, upstream calls included")
	env.Duration(&s.MaxAge, "TV_MAX_AGE", maxAge, config.Between(0, maxMaxAge), "how long a TV may keep a page")

	return s
}
