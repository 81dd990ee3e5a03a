package strangler

import (
	"math/rand/v2"
	"net/url"
	"strings"
)

// bucket is in which hundredth a user is: 0 to 99, the same in every process,
// for every route and in every version, so that a user whom the new system
// answers at 10 percent is answered by it at 20 too. It is FNV-1a with 64 bits,
// whose lower bits are then mixed with its upper ones as MurmurHash3 does at its
// end: names that differ in a digit alone are spread evenly.
func bucket(user string) int {
	const (
		offset, prime = 0xcbf29ce484222325, 0x100000001b3
		mix1, mix2    = 0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53
		half          = 33
	)

	h := uint64(offset)
	for i := range len(user) {
		h = (h ^ uint64(user[i])) * prime
	}

	h = (h ^ h>>half) * mix1
	h = (h ^ h>>half) * mix2
	h ^= h >> half

	return int(h % maxPercent)
}

// whose is whose request this is: the principal's, the user's whom the query
// names, or that of the path's first variable. "" is nobody's.
func whose(principal, path, query string, first span) string {
	if principal != "" {
		return principal
	}

	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name == "user_id" && value != "" {
			if plain, err := url.QueryUnescape(value); err == nil {
				return plain
			}

			return value
		}
	}

	value := path[first.from:first.to]
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}

	return value
}

// chosen reports whether a user is among that many percent. Nobody is by chance.
func chosen(user string, percent int) bool {
	if user == "" {
		return rand.IntN(maxPercent) < percent //nolint:gosec // Not a secret.
	}

	return bucket(user) < percent
}
