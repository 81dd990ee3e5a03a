package strangler

import (
	"slices"
	"strings"
)

// The most that a path may have.
const (
	maxPath      = 512 // bytes
	maxSegments  = 32
	maxVariables = 8
)

// piece is a part of a path between two slashes.
type piece struct {
	word     string // the literal text, or the name of a variable
	variable bool
	rest     bool // the variable is all that follows
}

// pieces reads a path such as /api/users/{id}/{rest...}. why says in words what
// is wrong with it.
func pieces(path string) (all []piece, why string) {
	switch {
	case path == "" || path[0] != '/':
		return nil, "must begin with /"
	case len(path) > maxPath:
		return nil, "is too long"
	case strings.ContainsAny(path, "?#"):
		return nil, "must be a path without a query"
	}

	for segment := range strings.SplitSeq(path[1:], "/") {
		p, why := onePiece(segment)
		if why == "" {
			why = follows(all, p)
		}

		if why != "" {
			return nil, why
		}

		all = append(all, p)
	}

	if len(all) > maxSegments || len(variables(all)) > maxVariables {
		return nil, "has too many segments or variables"
	}

	return all, ""
}

// follows says why a piece cannot come behind others.
func follows(all []piece, p piece) (why string) {
	switch {
	case len(all) > 0 && all[len(all)-1].rest:
		return "must end with {" + all[len(all)-1].word + "...}"
	case p.variable && slices.ContainsFunc(all, func(o piece) bool { return o.variable && o.word == p.word }):
		return "has {" + p.word + "} twice"
	default:
		return ""
	}
}

func onePiece(segment string) (p piece, why string) {
	if inner, opened := strings.CutPrefix(segment, "{"); opened {
		name, closed := strings.CutSuffix(inner, "}")
		name, p.rest = strings.CutSuffix(name, "...")
		p.word, p.variable = name, true

		if !closed || !isName(name, maxName) {
			return p, "has a variable that is not like {id}: a letter, then letters, digits, - and _, all small"
		}

		return p, ""
	}

	switch {
	case segment == "":
		return p, "has an empty segment"
	case segment[0] == '.':
		return p, "has a segment that begins with a dot"
	case strings.IndexFunc(segment, unsafeInPath) >= 0:
		return p, "may have letters, digits and - _ . ~ alone between slashes, or a variable such as {id}"
	}

	p.word = segment

	return p, ""
}

// unsafeInPath is true of what has to be escaped in a path, or may mean
// something to somebody.
func unsafeInPath(r rune) bool {
	return r > '~' || !isWord(r) && r != '.' && r != '~'
}

// anyName is a path without the names of its variables: paths that have it in
// common match the same requests.
func anyName(path string) string {
	all, why := pieces(path)
	if why != "" {
		return path
	}

	var b strings.Builder

	for _, p := range all {
		b.WriteByte('/')

		switch {
		case p.rest:
			b.WriteString("{...}")
		case p.variable:
			b.WriteString("{}")
		default:
			b.WriteString(p.word)
		}
	}

	return b.String()
}

// variables are the names of those in a path, {rest...} with its dots.
func variables(all []piece) []string {
	var names []string

	for _, p := range all {
		switch {
		case p.rest:
			names = append(names, p.word+"...")
		case p.variable:
			names = append(names, p.word)
		}
	}

	return names
}

// compareLiteral puts the more literal path first: at the first segment at which
// two differ in kind a word comes before a variable, and that before a rest.
func compareLiteral(a, b []piece) int {
	rank := func(p piece) int {
		switch {
		case p.rest:
			return 2 //nolint:mnd // Words, variables, rests.
		case p.variable:
			return 1
		default:
			return 0
		}
	}

	return slices.CompareFunc(a, b, func(p, q piece) int { return rank(p) - rank(q) })
}
