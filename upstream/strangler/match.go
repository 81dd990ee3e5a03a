package strangler

import (
	"net/http"
	"slices"
	"strings"
)

// methodSet is some of the methods that a route may have.
type methodSet uint8

// methods are those that a route may have.
func methods() []string {
	return []string{
		http.MethodGet, http.MethodHead, http.MethodOptions,
		http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	}
}

// methodBit is the set of one method; 0 for one that no route may have.
func methodBit(method string) methodSet {
	if method == http.MethodGet {
		return 1
	}

	i := slices.Index(methods(), method)
	if i < 0 {
		return 0
	}

	return 1 << i
}

// entry is a path of a route as requests enter by one side of it.
type entry struct {
	route   *route
	by      Side // that they enter by
	path    Path
	methods methodSet
	pieces  []piece // of the side by which they enter
	// other is that of the other side, each variable with the number of the one
	// that it takes its value from.
	other    []piece
	from     []int
	user     int    // the variable that names a user; -1: none does
	oldQuery string // added to the query of the other side
}

// spans are where the values of variables stand in a path.
type spans [maxVariables]span

// match reports whether a path is one of these. Segments are matched as they are
// escaped, since that is how they are passed on.
func (e *entry) match(path string, values *spans) bool {
	at, n := 0, 0

	for i := range e.pieces {
		p := &e.pieces[i]

		if at >= len(path) || path[at] != '/' {
			return false
		}

		at++

		end := len(path)
		if !p.rest {
			if cut := strings.IndexByte(path[at:], '/'); cut >= 0 {
				end = at + cut
			}
		}

		switch {
		case !p.variable:
			if bare(path[at:end]) != p.word {
				return false
			}
		case at == end && !p.rest: // All that follows may be nothing, behind its slash.
			return false
		default:
			values[n] = span{at, end}
			n++
		}

		at = end
	}

	return at == len(path)
}

// bare is a segment without its parameters, as in cart;jsessionid=1: many servers
// take them off before they look what is asked for.
func bare(segment string) string {
	name, _, _ := strings.Cut(segment, ";")

	return name
}

// translate is a target of the other side that asks for the same.
func (e *entry) translate(target string) string {
	path, query, asked := strings.Cut(target, "?")

	var values spans
	if !e.match(path, &values) { // It has matched before.
		return target
	}

	var b strings.Builder

	b.Grow(len(target) + len(oldRoot) + len(e.oldQuery) + 1)

	for i, p := range e.other {
		b.WriteByte('/')

		switch value := values[e.from[i]]; {
		case p.rest:
			b.WriteString(path[value.from:value.to])
		case p.variable:
			b.WriteString(bare(path[value.from:value.to]))
		default:
			b.WriteString(p.word)
		}
	}

	if asked || e.oldQuery != "" {
		b.WriteByte('?')
	}

	b.WriteString(query)

	if query != "" && e.oldQuery != "" {
		b.WriteByte('&')
	}

	b.WriteString(e.oldQuery)

	return b.String()
}

// newEntry is how requests enter a path of a route: by the old path, to be
// answered at the new one as well, or the other way round.
func newEntry(r *route, by Side, p Path) entry {
	old, _ := pieces(p.Old) // They were checked.
	made, _ := pieces(p.New)

	e := entry{route: r, by: by, path: p, pieces: old, other: made}
	if by == New {
		e.pieces, e.other, e.oldQuery = made, old, p.OldQuery
	}

	for _, method := range r.Methods {
		e.methods |= methodBit(method)
	}

	names := variables(e.pieces)
	e.from = make([]int, len(e.other))

	for i, p := range e.other {
		if p.variable {
			e.from[i] = slices.Index(names, variables([]piece{p})[0])
		}
	}

	e.user = slices.Index(names, p.User)

	return e
}

// entries are paths, the more literal ones first.
type entries []entry

func (all entries) sort() {
	slices.SortStableFunc(all, func(a, b entry) int { return compareLiteral(a.pieces, b.pieces) })
}

// find is the entry of a request; nil where there is none.
func (all entries) find(method methodSet, path string, values *spans) *entry {
	for i := range all {
		if e := &all[i]; e.methods&method != 0 && e.match(path, values) {
			return e
		}
	}

	return nil
}

// honest is true of an escaped path that means the same to whoever reads it: it
// climbs nowhere, hides no slash, and holds nothing that has to be escaped. Our own
// clients ask for nothing else; what others may ask for is said by [trick].
func honest(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case isWord(rune(c)):
		case c == '.':
			if path[max(0, i-1)] == '/' {
				return false
			}
		case c == '/':
			if strings.HasPrefix(path[i+1:], "/") {
				return false
			}
		case c == '%':
			if i+2 >= len(path) || !honestEscape(path[i+1], path[i+2]) {
				return false
			}
		case strings.IndexByte("~!$&'()*+,=:@", c) < 0:
			return false
		}
	}

	return true
}

func isWord(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// honestEscape is false of bytes that may be read as the end of a segment, a
// step up, the end of the path, or another escape.
func honestEscape(high, low byte) bool {
	h, l := unhex(high), unhex(low)
	if h < 0 || l < 0 {
		return false
	}

	b := byte(h<<4 | l) //nolint:gosec // Two digits are a byte.

	return b >= ' ' && b != 0x7f && strings.IndexByte(`/\.%?#;`, b) < 0
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10 //nolint:mnd // Sixteen digits.
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10 //nolint:mnd // As above.
	default:
		return -1
	}
}
