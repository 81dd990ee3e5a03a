// Package seed makes the believable shop that the embedded services are filled
// with at their first start: people, products and orders that fit together.
//
// Everything is a pure function of a number: user 17 is the same person on
// every machine and in every run, because each thing rolls dice of its own that
// are seeded with its kind and number, and because only integers are used.
// Changing how many there are of one thing therefore changes no other.
//
// It knows no database and no HTTP; each service takes from it what it stores.
package seed

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// How big the shop is.
const (
	UserCount    = 600
	ProductCount = categoryCount * 170
	OrderCount   = 5000

	categoryCount = 12
)

// The kinds of dice, so that user 7 and order 7 do not roll alike.
const (
	userDice uint64 = iota + 1
	productDice
	orderDice
)

// dice returns the random numbers of the n-th thing of a kind.
func dice(kind uint64, n int) *rand.Rand {
	return rand.New(rand.NewPCG(kind, uint64(n))) //nolint:gosec // the shop must be the same everywhere, not secret
}

// pick returns one of the words.
func pick(roll *rand.Rand, words []string) string { return words[roll.IntN(len(words))] }

// list splits a table cell: "Berlin, Köln" becomes two words.
func list(cell, separator string) []string {
	parts := strings.Split(cell, separator)
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

// day returns the date that lies the given number of days after 1 January of
// the year, as YYYY-MM-DD.
func day(year, after int) string {
	return time.Date(year, time.January, 1+after, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func userID(n int) string    { return "user_" + strconv.Itoa(n) }
func productID(n int) string { return "prod_" + strconv.Itoa(n) }
func orderID(n int) string   { return "order_" + strconv.Itoa(n) }
