package compare

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits of rules.
const (
	maxRules = 200
	maxPath  = 400 // bytes
	maxSteps = 32

	minTolerance, maxTolerance = 1e-15, 1e15
)

// Rules say what is no difference. They never change.
type Rules struct {
	root  *step
	exact bool
}

var none = &Rules{root: &step{}} //nolint:gochecknoglobals // Never changed.

// step is a place in the paths of rules.
type step struct {
	members map[string]*step
	any     *step // .*
	each    *step // [*]

	ignored, unordered bool
	tolerance          *decimal
}

var (
	errPath      = errors.New("a path is like $.items[*].price, with .* for any member and [\"…\"] for a name that is no plain word")
	errTolerance = fmt.Errorf("a tolerance is 0 or from %g to %g", minTolerance, maxTolerance)
	errMany      = fmt.Errorf("there may be %d paths", maxRules)
)

// New makes rules: what is ignored, with all below; by how much numbers may
// differ; which lists have no order; and whether members that only the new
// document has are differences.
//
// A path is $, then any of .name, ["any name"], .* (each member) and [*] (each
// element). An object whose members are named by .* alone is taken to have keys
// in place of names: differences below it have .* in their paths too. The error
// says which path is wrong.
func New(ignore []string, tolerance map[string]float64, unordered []string, exact bool) (*Rules, error) {
	if len(ignore)+len(tolerance)+len(unordered) > maxRules {
		return nil, errMany
	}

	r := &Rules{root: &step{}, exact: exact}

	for _, path := range ignore {
		s, err := r.at(path)
		if err != nil {
			return nil, fmt.Errorf("ignore %.60q: %w", path, err)
		}

		s.ignored = true
	}

	for _, path := range unordered {
		s, err := r.at(path)
		if err != nil {
			return nil, fmt.Errorf("unordered %.60q: %w", path, err)
		}

		s.unordered = true
	}

	for _, path := range slices.Sorted(maps.Keys(tolerance)) {
		s, err := r.at(path)
		if err == nil {
			s.tolerance, err = bound(tolerance[path])
		}

		if err != nil {
			return nil, fmt.Errorf("tolerance %.60q: %w", path, err)
		}
	}

	return r, nil
}

func bound(by float64) (*decimal, error) {
	if by != 0 && !(by >= minTolerance && by <= maxTolerance) {
		return nil, errTolerance
	}

	d := parseDecimal([]byte(strconv.FormatFloat(math.Abs(by), 'f', -1, 64)))

	return &d, nil
}

// at is the step that a path leads to.
func (r *Rules) at(path string) (*step, error) {
	rest, found := strings.CutPrefix(path, "$")
	if !found || len(path) > maxPath {
		return nil, errPath
	}

	at := r.root

	for n := 0; rest != ""; n++ {
		if n == maxSteps {
			return nil, errPath
		}

		var err error
		if at, rest, err = at.next(rest); err != nil {
			return nil, err
		}
	}

	return at, nil
}

// next goes one step along a path, and returns what is left of it.
func (s *step) next(path string) (*step, string, error) {
	if rest, found := strings.CutPrefix(path, "[*]"); found {
		return made(&s.each), rest, nil
	}

	if rest, found := strings.CutPrefix(path, ".*"); found {
		return made(&s.any), rest, nil
	}

	if quoted, found := strings.CutPrefix(path, "["); found {
		prefix, err := strconv.QuotedPrefix(quoted)
		rest, closed := strings.CutPrefix(quoted[len(prefix):], "]")

		if err != nil || !closed || prefix[0] != '"' {
			return nil, "", errPath
		}

		name, err := strconv.Unquote(prefix)
		if err != nil {
			return nil, "", errPath
		}

		return s.member(name), rest, nil
	}

	rest, found := strings.CutPrefix(path, ".")
	end := 0

	for end < len(rest) && isWord(rest[end]) {
		end++
	}

	if !found || end == 0 {
		return nil, "", errPath
	}

	return s.member(rest[:end]), rest[end:], nil
}

func (s *step) member(name string) *step {
	if s.members == nil {
		s.members = map[string]*step{}
	}

	to := s.members[name]
	s.members[name] = made(&to)

	return to
}

func made(s **step) *step {
	if *s == nil {
		*s = &step{}
	}

	return *s
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
