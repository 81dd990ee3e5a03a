// Package ident says which identifiers this program passes on.
//
// An identifier becomes part of a URL to an upstream service. Only characters
// that mean nothing there are let through, so that no identifier can name
// another path, another query or more than one thing.
package ident

import "regexp"

// MaxLength is the most characters an identifier may have.
const MaxLength = 128

// Pattern is what an identifier must match: up to [MaxLength] ASCII letters,
// digits and ._~:@+=- that do not begin with one of the signs but "_".
const Pattern = `^[A-Za-z0-9_][A-Za-z0-9_.~:@+=-]{0,127}$`

var plain = regexp.MustCompile(Pattern)

// Valid reports whether id may be passed on.
func Valid(id string) bool { return plain.MatchString(id) }
