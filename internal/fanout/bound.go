package fanout

import "fmt"

// Bound is the most that one page may ask of services, whatever they answer.
type Bound struct {
	// Calls is how many upstream calls there are. One that is sent again is one.
	Calls int
	// Waves is how many of them wait for one another.
	Waves int
}

// BoundOf is the bound of a page of these sections.
func BoundOf(sections ...Section) (all Bound) {
	for _, s := range sections {
		all.Calls += max(1, s.Calls)
		all.Waves = max(all.Waves, s.Wave, 1)
	}

	return all
}

// String is the bound as lock files have it.
func (b Bound) String() string { return fmt.Sprintf("calls %d  waves %d", b.Calls, b.Waves) }
