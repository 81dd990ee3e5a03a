package strangler

import (
	"net/url"
	"strings"
)

// digest is FNV-1a with 64 bits of what was added to it.
type digest uint64

const emptyDigest digest = 0xcbf29ce484222325

func (d digest) add(text string) digest {
	const prime = 0x100000001b3

	for i := range len(text) {
		d = (d ^ digest(text[i])) * prime
	}

	return d
}

// bucket is in which hundredth it is, 0 to 99. The lower bits are mixed with the
// upper ones before, as MurmurHash3 does at its end: texts that differ in a digit
// alone are spread evenly.
func (d digest) bucket() int {
	const (
		mix1, mix2 = 0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53
		half       = 33
	)

	d = (d ^ d>>half) * mix1
	d = (d ^ d>>half) * mix2
	d ^= d >> half

	return int(d % maxPercent)
}

// bucket is in which hundredth a user is: the same in every process, for every
// route and in every version, so that a user whom the new system answers at 10
// percent is answered by it at 20 too.
func bucket(user string) int { return emptyDigest.add(user).bucket() }

// whose is whose request this is: the user's whom it names, else the principal's,
// which is another one with each token. "" is nobody's.
func (e *entry) whose(principal, path, query string, values *spans) string {
	if user, found := e.names(path, query, values); found {
		return user
	}

	return principal
}

// names is the user whom a request names in its path, or else in its query.
func (e *entry) names(path, query string, values *spans) (user string, found bool) {
	if e.user >= 0 {
		value := path[values[e.user].from:values[e.user].to]
		if plain, err := url.PathUnescape(value); err == nil {
			return plain, true
		}

		return value, true
	}

	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); value != "" && namesUser(name) {
			if plain, err := url.QueryUnescape(value); err == nil {
				return plain, true
			}

			return value, true
		}
	}

	return "", false
}

// namesUser reports whether a name in a query is that of a user, however it is
// spelled.
func namesUser(name string) bool {
	const user = "user_id"

	if strings.Contains(name, "%") {
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
	}

	return name == user
}

// chosen reports whether a request is among the percent that the new side
// answers: by its user, else by its idempotency key, so that every process has it
// be done by the same side, else by what it asks for.
func (e *entry) chosen(user, key, path, query string, values *spans) bool {
	if user == "" {
		user = key
	}

	in := bucket(user)
	if user == "" {
		in = e.question(path, query, values).bucket()
	}

	return in < e.route.Percent
}

// question is what a request asks for, as clients of the old API do: the same by
// either side that it came in by.
func (e *entry) question(path, query string, values *spans) digest {
	d := emptyDigest

	if e.by == Old {
		d = d.add(path)
	} else {
		for i, p := range e.other {
			text := p.word
			if p.variable {
				text = path[values[e.from[i]].from:values[e.from[i]].to]
			}

			d = d.add("/").add(text)
		}
	}

	return d.add("?").add(query)
}
