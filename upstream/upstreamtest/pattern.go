package upstreamtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxPattern is the most bytes that a pattern may have.
const maxPattern = 200

// pattern says which requests something is for. [Fault.On] has the rules.
type pattern struct {
	text  string
	path  string
	tree  bool // everything under path too
	query url.Values
}

// parsePattern reads a pattern; "" fits every request, as "/" does.
func parsePattern(text string) (pattern, error) {
	if text == "" {
		return pattern{path: "/", tree: true}, nil
	}
	path, rawQuery, _ := strings.Cut(text, "?")
	query, err := url.ParseQuery(rawQuery)
	switch {
	case len(text) > maxPattern:
		return pattern{}, fmt.Errorf("upstreamtest: pattern of %d bytes, at most %d are allowed", len(text), maxPattern)
	case !strings.HasPrefix(path, "/"), strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return pattern{}, fmt.Errorf("upstreamtest: pattern %q: must begin with / and be of visible ASCII characters", text)
	case err != nil:
		return pattern{}, fmt.Errorf("upstreamtest: pattern %q: %w", text, err)
	}
	return pattern{text: text, path: path, tree: strings.HasSuffix(path, "/"), query: query}, nil
}

func mustPattern(text string) pattern {
	p, err := parsePattern(text)
	if err != nil {
		panic(err)
	}
	return p
}

func (p pattern) fits(r *http.Request) bool {
	path := r.URL.EscapedPath()
	if path != p.path && (!p.tree || !strings.HasPrefix(path, p.path)) {
		return false
	}
	if len(p.query) == 0 {
		return true
	}
	asked := r.URL.Query()
	for key, values := range p.query {
		if !asked.Has(key) || values[0] != "" && asked.Get(key) != values[0] {
			return false
		}
	}
	return true
}
