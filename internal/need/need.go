// Package need says what a page is worth without one of its sections.
//
// The word is declared once, with the section; what the section gets is derived
// from it here and nowhere else: its share of the budget, whether it is worth
// extra calls, and which sections go first when there is too much to do.
package need

import (
	"context"
	"time"
)

// Need is the criticality of a section.
type Need uint8

// From what a page can best do without to what it is nothing without.
const (
	// Optional means that the page goes out without the section and says so. It
	// is the first to be shed, and gets no extra calls.
	Optional Need = iota
	// Important means that the page goes out without the section and says so,
	// after all has been tried.
	Important
	// Required means that without the section there is no page.
	Required
)

// Within returns how much of budget a section may take: what a page can do
// without does not hold it up to the last moment.
func (n Need) Within(budget time.Duration) time.Duration {
	const ofOptional, ofImportant, all = 93, 97, 100

	switch n {
	case Optional:
		return budget / all * ofOptional
	case Important:
		return budget / all * ofImportant
	default:
		return budget
	}
}

// String is the need as the log has it.
func (n Need) String() string { return [...]string{"optional", "important", "required"}[n] }

// Wanted is what the calls of a section need to know of it.
type Wanted struct {
	Need Need
	// Extra is true where it is worth calls beside its own: retries and hedges.
	Extra bool
	// Shed is true where there is so much to do that no call is made for the
	// section: it is shown if it is at hand.
	Shed bool
}

// Key is the key of a [Wanted] in a context, for contexts that answer for it
// themselves.
type Key struct{}

// From returns what ctx says about the section that a call is for; calls that
// are for none are optional.
func From(ctx context.Context) Wanted {
	w, _ := ctx.Value(Key{}).(Wanted)

	return w
}

// With returns a context for the calls of a section.
func With(ctx context.Context, w Wanted) context.Context { return context.WithValue(ctx, Key{}, w) }

// SheddingKey is the key of a bool in the context of a request: whether there is
// so much to do that optional sections are shed. It is for contexts that answer
// for it themselves.
type SheddingKey struct{}

// Shedding reports whether optional sections of the request of ctx are shed.
func Shedding(ctx context.Context) bool {
	shedding, _ := ctx.Value(SheddingKey{}).(bool)

	return shedding
}

// Of returns what the calls of a section in the request of ctx need to know.
// While there is too much to do, nothing is worth extra calls: they would be
// made where others wait.
func (n Need) Of(ctx context.Context) Wanted {
	shedding := Shedding(ctx)

	return Wanted{Need: n, Extra: n >= Important && !shedding, Shed: n == Optional && shedding}
}
