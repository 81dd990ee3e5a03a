package limit

import (
	"net/http"
	"strings"
)

// Class is how much a request matters to who sent it.
type Class uint8

// The classes, from the one that is shed first.
const (
	// Prefetch is what nobody has asked to see yet.
	Prefetch Class = iota
	// Normal is what says nothing of itself.
	Normal
	// High is what is waited for before all else.
	High
)

// String is the class as metrics and the log have it.
func (c Class) String() string { return [...]string{"prefetch", "normal", "high"}[c] }

// ClassOf reads the class of a request from its headers: `Sec-Purpose: prefetch`,
// or the urgency of RFC 9218 in `Priority`, from u=0, the most urgent, to u=7.
func ClassOf(h http.Header) Class {
	for _, purpose := range h["Sec-Purpose"] {
		if len(purpose) <= longest && hasPrefetch(purpose) {
			return Prefetch
		}
	}

	switch priorities := h["Priority"]; len(priorities) {
	case 0:
		return Normal
	default:
		return classOf(urgency(priorities))
	}
}

// longest is the longest value that is looked at, in bytes; what is said in more
// is not said.
const longest = 256

// hasPrefetch finds the token in `prefetch;prerender` and the like.
func hasPrefetch(purpose string) bool {
	for part := range strings.FieldsFuncSeq(purpose, func(r rune) bool { return r == ';' || r == ',' || r == ' ' || r == '\t' }) {
		if strings.EqualFold(part, "prefetch") {
			return true
		}
	}

	return false
}

const (
	usual    = 3 // what RFC 9218 takes for granted
	mostHigh = 2 // u=0 to u=2 are high
	leastLow = 5 // u=5 to u=7 are for later
	lowest   = 7
)

func classOf(urgency int) Class {
	switch {
	case urgency <= mostHigh:
		return High
	case urgency >= leastLow:
		return Prefetch
	default:
		return Normal
	}
}

// urgency is the last u of a dictionary such as `u=1, i`, as structured fields
// have it; what is malformed or out of range is not there.
func urgency(values []string) int {
	found := usual

	for _, value := range values {
		if len(value) > longest {
			continue
		}

		for member := range strings.SplitSeq(value, ",") {
			member, _, _ = strings.Cut(strings.TrimSpace(member), ";")

			digit, isUrgency := strings.CutPrefix(member, "u=")
			if isUrgency && len(digit) == 1 && digit[0] >= '0' && digit[0] <= '0'+lowest {
				found = int(digit[0] - '0')
			}
		}
	}

	return found
}
