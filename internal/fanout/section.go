package fanout

import "storefront/internal/need"

// Section is a part of a page, declared once with what its absence means.
type Section struct {
	// Name is the section's name on the wire and in metrics.
	Name string
	// Need says what the page is worth without it; the rest is derived from it.
	Need need.Need
	// Subject is true for what the page is about: when its service says that
	// there is no such thing, there is no such page.
	Subject bool
	// Calls is how many upstream calls having it takes at most; 0 is for one.
	Calls int
	// Wave is the last wave in which it calls, one more than what it waits for;
	// 0 is for 1: it waits for nothing.
	Wave int
}
