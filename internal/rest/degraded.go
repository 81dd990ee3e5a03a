package rest

import (
	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
)

// Degraded tells a client which section of a page is not fresh, and why.
type Degraded struct {
	Section    string `doc:"The section's name in the page."                                     json:"section"`
	State      string `doc:"stale: an older answer stands in. omitted: the section is null."     enum:"stale,omitted"                                              json:"state"`
	Reason     string `doc:"Why the section is not fresh."                                       enum:"timeout,unavailable,invalid_response,circuit_open,overload" json:"reason"`
	AgeSeconds *int   `doc:"With stale: the age of the answer that stands in, in whole seconds." json:"age_seconds,omitempty"`
}

// Partial is the part of a view that says what is not fresh. Embed it last;
// [Page] fills it in.
type Partial struct {
	Degraded []Degraded `doc:"The sections that are not fresh; absent on a whole page." json:"degraded,omitempty" nullable:"false" required:"false"`
}

// tell lists the sections of a page that are not fresh; none, which leaves the
// list out, for a whole page.
func (p *Partial) tell(report fanout.Report) {
	for _, s := range report.Degraded() {
		p.Degraded = append(p.Degraded, Degraded{
			Section: s.Section, State: s.State.String(), Reason: Reason(s.Reason), AgeSeconds: Age(s.Status),
		})
	}
}

// Reason is a kind in the words that clients know.
func Reason(kind fault.Kind) string {
	if kind == fault.NotFound || kind == fault.Canceled {
		return fault.Unavailable.Reason()
	}

	return kind.Reason()
}

// Age is the age of a stale section in whole seconds, nil for any other.
func Age(status fresh.Status) *int {
	if status.State != fresh.Stale {
		return nil
	}

	seconds := int(status.Age.Seconds())

	return &seconds
}
