package strangler

import (
	"time"

	"storefront/internal/telemetry"
)

// figures are how the sides of a route have done of late.
type figures struct{ metrics *telemetry.StranglerRoute }

func newFigures(metrics *telemetry.StranglerRoute) *figures { return &figures{metrics} }

// answered notes an answer of a side, and how long it took.
func (f *figures) answered(side Side, failed bool, took time.Duration) {
	f.metrics.Answered(int(side), failed, took)
}

// fellBack notes a request that the old side answered for the new one.
func (f *figures) fellBack() { f.metrics.FellBack() }

// compared notes an answer of the new side that was held against the old one's.
func (f *figures) compared(same bool) {}
