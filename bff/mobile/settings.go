package mobile

import (
	"time"

	"storefront/internal/config"
)

// Settings of the mobile BFF.
type Settings struct {
	Addr   string
	Budget time.Duration
	MaxAge time.Duration
}

// Declare adds the settings of the mobile BFF to env.
func Declare(env *config.Env) *Settings {
	const (
		budget, minBudget, maxBudget = time.Second, time.Millisecond, 10 * time.Minute
		maxAge, maxMaxAge            = 30 * time.Second, 24 * time.Hour
	)

	s := new(Settings)
	env.Addr(&s.Addr, "MOBILE_ADDR", "127.0.0.1:8081", "where the mobile BFF listens")
	env.Duration(&s.Budget, "MOBILE_BUDGET", budget, config.Between(minBudget, maxBudget),
		"the most time one request of the mobile BFF may take, upstream calls included")
	env.Duration(&s.MaxAge, "MOBILE_MAX_AGE", maxAge, config.Between(0, maxMaxAge), "how long a mobile app may keep a page")

	return s
}
