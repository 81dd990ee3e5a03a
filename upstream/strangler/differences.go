package strangler

import "storefront/internal/telemetry"

// differences are those found between both sides of a route, by path.
type differences struct{ metrics *telemetry.StranglerRoute }

func newDifferences(metrics *telemetry.StranglerRoute) *differences { return &differences{metrics} }
