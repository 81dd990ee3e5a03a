package endpoint

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on what a client may ask for at once.
const (
	MaxIDLength  = 128 // characters
	MaxIDs       = 1000
	DefaultLimit = 50
	MaxLimit     = 100
)

// Query is the part of an address behind the question mark. Each parameter that
// is asked for may stand there once; those nobody asks for are ignored.
type Query struct{ values url.Values }

// ParseQuery reads the query of a request, or returns a 400.
func ParseQuery(r *http.Request) (Query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Query{}, BadRequest("the query cannot be read")
	}
	return Query{values}, nil
}

// Has says whether a parameter is there, even if it is empty.
func (q Query) Has(name string) bool { return q.values.Has(name) }

// Is says whether a parameter is there and holds the one word that it may hold,
// or returns a 400.
func (q Query) Is(name, word string) (bool, error) {
	if !q.Has(name) {
		return false, nil
	}
	text, err := q.one(name)
	if err != nil {
		return false, err
	}
	if text != word {
		return false, BadRequest(name + " must be " + word + ", if anything")
	}
	return true, nil
}

// ID returns the one id that the parameter holds, or a 400.
func (q Query) ID(name string) (string, error) {
	text, err := q.one(name)
	if err != nil {
		return "", err
	}
	return ParseID(name, text)
}

// IDs returns the ids that the parameter lists with commas, each once and in
// the order of their first mention: at least one and at most [MaxIDs], or a 400.
func (q Query) IDs(name string) ([]string, error) {
	text, err := q.one(name)
	if err != nil {
		return nil, err
	}
	if strings.Count(text, ",") >= MaxIDs {
		return nil, BadRequest(name + " must list at most " + strconv.Itoa(MaxIDs) + " ids")
	}
	var ids []string
	seen := map[string]bool{}
	for text := range strings.SplitSeq(text, ",") {
		id, err := ParseID(name, text)
		if err != nil {
			return nil, err
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Limit returns how many rows are wanted: [DefaultLimit] where the query does
// not say, never more than [MaxLimit], or a 400.
func (q Query) Limit() (int, error) {
	if !q.Has("limit") {
		return DefaultLimit, nil
	}
	text, err := q.one("limit")
	if err != nil {
		return 0, err
	}
	if isNumber(text) {
		if limit := number(text, MaxLimit); limit > 0 {
			return limit, nil
		}
	}
	return 0, BadRequest("limit must be a whole number from 1 to " + strconv.Itoa(MaxLimit))
}

// one returns the value of a parameter that must not be there twice.
func (q Query) one(name string) (string, error) {
	if len(q.values[name]) > 1 {
		return "", BadRequest(name + " must be given once")
	}
	return q.values.Get(name), nil
}

// ParseID returns the id that a part of the address, called name, holds: 1 to
// [MaxIDLength] printable characters, or a 400.
func ParseID(name, text string) (string, error) {
	if text == "" || utf8.RuneCountInString(text) > MaxIDLength || !utf8.ValidString(text) ||
		strings.ContainsFunc(text, unicode.IsControl) {
		return "", BadRequest(name + " must be 1 to " + strconv.Itoa(MaxIDLength) + " printable characters")
	}
	return text, nil
}

// isNumber says whether the text is decimal digits alone.
func isNumber(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool { return c < '0' || c > '9' })
}

// number reads decimal digits. What is more than the most, be it by ever so many
// digits, is the most.
func number(digits string, most int) int {
	n := 0
	for _, digit := range digits {
		n = min(n*10+int(digit-'0'), most)
	}
	return n
}
