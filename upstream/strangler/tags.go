package strangler

import (
	"errors"
	"net/http"
	"strings"
)

// Both systems may count their entity tags in the same way: "1" of the one says
// nothing of "1" of the other. So those of the new side are marked on their way
// out, and on the way in each side gets its own alone. A date cannot be marked:
// the new side's answers have none that a client could ask about later.

// tagMark is at the end of entity tags of the new side.
const tagMark = "~new"

// errNoMatch is of a request that is to be done only if the representation is one
// that the side has never had.
var errNoMatch = errors.New("none of the entity tags in If-Match is of this side")

// markAnswer marks what the new side says of the state of a representation.
func markAnswer(h http.Header) {
	delete(h, "Last-Modified")

	tag, said := h["Etag"]
	if !said {
		return
	}

	if body, closed := strings.CutSuffix(tag[0], `"`); closed && len(tag) == 1 && isTag(tag[0]) {
		h["Etag"] = []string{body + tagMark + `"`}
	} else {
		delete(h, "Etag") // It is none.
	}
}

// conditionsFor leaves of the conditions of a request those that a side can judge.
// It is false where they cannot hold.
func conditionsFor(h http.Header, side Side) bool {
	if given, asked := h["If-None-Match"]; asked {
		if own := tagsOf(given, side); own != "" {
			h["If-None-Match"] = []string{own}
		} else {
			delete(h, "If-None-Match")
			delete(h, "If-Modified-Since") // It did not count beside tags.
		}
	}

	if side == New {
		delete(h, "If-Modified-Since") // The date is the old side's.
	}

	if given, asked := h["If-Range"]; asked {
		own := tagsOf(given, side)

		switch {
		case own != "":
			h["If-Range"] = []string{own}
		case side == New || strings.Contains(given[0], `"`):
			delete(h, "If-Range") // It is another representation: all of it is to be sent.
			delete(h, "Range")
		}
	}

	given, asked := h["If-Match"]
	if !asked {
		return true
	}

	own := tagsOf(given, side)
	h["If-Match"] = []string{own}

	return own != ""
}

// tagsOf are the entity tags of a side in a list, as that side knows them; "*" is
// anybody's.
func tagsOf(lines []string, side Side) string {
	var own []string

	for rest := strings.Join(lines, ","); rest != ""; {
		var tag string
		if tag, rest = cutTag(rest); tag == "*" {
			own = append(own, tag)
		} else if isTag(tag) {
			body, marked := strings.CutSuffix(tag, tagMark+`"`)

			switch {
			case side == Old && !marked:
				own = append(own, tag)
			case side == New && marked:
				own = append(own, body+`"`)
			}
		}
	}

	return strings.Join(own, ", ")
}

// cutTag cuts the first element off a list of entity tags, which may have commas
// in them.
func cutTag(list string) (tag, rest string) {
	quoted := false

	for i := range len(list) {
		switch {
		case list[i] == '"':
			quoted = !quoted
		case list[i] == ',' && !quoted:
			return strings.Trim(list[:i], " \t"), list[i+1:]
		}
	}

	return strings.Trim(list, " \t"), ""
}

// isTag reports whether text is one entity tag.
func isTag(text string) bool {
	text = strings.TrimPrefix(text, "W/")

	return len(text) >= 2 && text[0] == '"' && strings.IndexByte(text[1:], '"') == len(text)-2
}
