// Package verdict judges whole answers of the BFFs over the services of package
// upstreamtest, whose every string names whom it belongs to: whether a page is
// whole, honestly degraded, wrong, or somebody else's.
//
// It knows the outside of the BFFs, the contract, and nothing of how they work.
package verdict

import (
	"fmt"

	"storefront/upstream/upstreamtest"
)

// Kind is what an answer is worth.
type Kind int

// The kinds, from the best to the worst.
const (
	// Whole is a page with every section right, and not said to be old.
	Whole Kind = iota
	// Stale is a page whose sections are right, some of them said to be old.
	Stale
	// Omitted is a page with sections that are said to be missing, and others.
	Omitted
	// Refused is an honest refusal: no section could be had.
	Refused
	// Wrong is anything else: another status, no JSON, a section that is neither
	// right nor said to be missing, a word that the contract does not know.
	Wrong
	// Foreign is an answer with another user's data.
	Foreign
	kinds
)

// String is the kind in a word.
func (k Kind) String() string {
	return [kinds]string{"whole", "stale", "omitted", "refused", "wrong", "foreign"}[k]
}

// Verdict is what an answer was found to be.
type Verdict struct {
	Kind Kind
	// Why says what is wrong with a wrong or foreign answer, and "" of any other.
	Why string
	// Believed is true of a page that shows a stranger's list because the service
	// itself gave it: a list does not say whose it is.
	Believed bool
}

// Asked is what an answer is held against.
type Asked struct {
	// User is the id that was asked for, of [UserID].
	User string
	// Strangers is a service that answers for another user than the one it is
	// asked for; "" is none.
	Strangers upstreamtest.Service
}

// UserID is the id of the nth user, 0 to 999,999; none begins with another.
func UserID(n int) string { return fmt.Sprintf("u-%06d", n) }

// Tally counts verdicts.
type Tally struct {
	Of       [kinds]int
	Believed int
}

// Add counts one.
func (t *Tally) Add(v Verdict) {
	t.Of[v.Kind]++

	if v.Believed {
		t.Believed++
	}
}

// Join counts all of another tally.
func (t *Tally) Join(other Tally) {
	for kind, count := range other.Of {
		t.Of[kind] += count
	}

	t.Believed += other.Believed
}

// All is how many answers were judged.
func (t *Tally) All() (all int) {
	for _, count := range t.Of {
		all += count
	}

	return all
}
