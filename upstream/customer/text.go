package customer

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"storefront/internal/wire"
)

// reading is a value read as a text; empty where it says nothing.
type reading struct {
	text string
	// repaired: it was not written as it is now. dropped: it is of no use.
	repaired, dropped bool
}

// textOf reads a value as a text, in one line; digits says that a whole number is
// one too.
func textOf(v wire.Loose, digits bool) reading {
	read := cleaned(v, digits, inOneLine)
	if isFiller(read.text) {
		read = reading{repaired: true}
	}

	return read
}

// asItCame is textOf for what is not to be changed: any number is a text, as it
// is written, and of a text only what shows nothing is not kept.
func asItCame(v wire.Loose) reading {
	if v.Form == wire.Numeric {
		return reading{text: v.Text, repaired: true}
	}

	return cleaned(v, true, func(text string) string { return trimmed(withoutControl(text)) })
}

// numberOf reads a value as what a record is called by, of which nothing but
// blanks around it is changed: two that look alike may be two customers.
func numberOf(v wire.Loose) reading {
	switch v.Form {
	case wire.Absent, wire.Null:
		return reading{}
	case wire.String:
		text := trimmed(inUTF8(v.Text))

		return reading{text: text, repaired: text != v.Text}
	case wire.Numeric:
		if isDigits(v.Text) {
			return reading{text: v.Text, repaired: true}
		}
	case wire.Other:
	}

	return reading{dropped: true}
}

func cleaned(v wire.Loose, digits bool, tidy func(string) string) reading {
	switch v.Form {
	case wire.Absent, wire.Null:
		return reading{}
	case wire.String:
		text := tidy(withoutFormat(inUTF8(v.Text)))
		if !strings.ContainsFunc(text, isSeen) {
			text = ""
		}

		return reading{text: text, repaired: text != v.Text}
	case wire.Numeric:
		if digits && isDigits(v.Text) {
			return reading{text: v.Text, repaired: true}
		}
	case wire.Other:
	}

	return reading{dropped: true}
}

// inOneLine has one space for each run of blanks, and none around the text.
func inOneLine(text string) string {
	previous := ' '

	tidy := !strings.ContainsFunc(text, func(r rune) bool {
		double := isBlank(r) && (r != ' ' || previous == ' ')
		previous = r

		return double
	})
	if tidy && (text == "" || previous != ' ') {
		return text
	}

	return strings.Join(strings.FieldsFunc(text, isBlank), " ")
}

func trimmed(text string) string { return strings.TrimFunc(text, isBlank) }

// withoutFormat drops characters that show nothing and change how others are
// shown, such as those that turn the direction of a text around. Two stay that
// some scripts cannot be written without; the mark at the start of a text is a
// blank.
func withoutFormat(text string) string {
	const joiner, nonJoiner, byteOrderMark = '\u200d', '\u200c', '\ufeff'

	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != joiner && r != nonJoiner && r != byteOrderMark {
			return -1
		}

		return r
	}, text)
}

// withoutControl has a blank for each character that is none to be shown, or that
// ends a line.
func withoutControl(text string) string {
	const lineSeparator, paragraphSeparator, byteOrderMark = '\u2028', '\u2029', '\ufeff'

	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == lineSeparator, r == paragraphSeparator, r == byteOrderMark:
			return ' '
		default:
			return r
		}
	}, text)
}

// isSeen reports whether a character shows something by itself: no blank, and
// none that only shapes its neighbours or fills a place.
func isSeen(r rune) bool {
	const blankBraille = '\u2800'

	return !isBlank(r) && r != blankBraille &&
		!unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// isBlank reports whether a character shows nothing: spaces of all kinds,
// control characters, and the mark that some systems begin a text with.
func isBlank(r rune) bool {
	const byteOrderMark = '\ufeff'

	return unicode.IsSpace(r) || unicode.IsControl(r) || r == byteOrderMark
}

// isFiller reports whether a text says that there is none.
func isFiller(text string) bool {
	const longest = len("0000-00-00 00:00:00")
	if len(text) > longest {
		return false
	}

	switch strings.ToUpper(text) {
	case "-", "--", "N/A", "#N/A", "(NULL)", "UNKNOWN", "0000-00-00", "0000-00-00 00:00:00":
		return true
	default:
		return false
	}
}

// noName reports whether a text says that there is none, but for names.
func noName(text string) bool {
	return strings.EqualFold(text, "NULL") || strings.EqualFold(text, "NONE")
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// inUTF8 is a text with each byte that is not UTF-8 read as Windows-1252.
func inUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}

	// What Windows-1252 has from 0x80 on, where Latin-1 has control characters;
	// from 0xa0 on the two are Unicode's.
	const (
		first = 0x80
		high  = "€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ"
	)

	special := []rune(high)

	var b strings.Builder

	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			if r = rune(text[i]); int(r) < first+len(special) {
				r = special[r-first]
			}
		}

		b.WriteRune(r)

		i += size
	}

	return b.String()
}

// inCapitals reports whether a text has capitals and no small letters.
func inCapitals(text string) bool {
	return strings.ContainsFunc(text, unicode.IsUpper) && !strings.ContainsFunc(text, unicode.IsLower)
}

// nameCase writes a name in capitals as people write it.
func nameCase(text string) string {
	return eachWord(text, func(i int, word string) bool { return i > 0 && (word == "II" || word == "III" || word == "IV") })
}

// placeCase does so with a street or a city.
func placeCase(text string) string {
	return eachWord(text, func(_ int, word string) bool {
		switch strings.Trim(word, ".,") {
		case "N", "E", "S", "W", "NE", "NW", "SE", "SW", "PO", "APO", "FPO", "NYC":
			return true
		default:
			return hasUnit(word)
		}
	})
}

// hasUnit reports whether a word is the number of a house or flat, such as 12B
// and B12, and no ordinal, such as 5TH.
func hasUnit(word string) bool {
	after := strings.TrimLeft(word, "0123456789")
	ordinal := after != word && (after == "ST" || after == "ND" || after == "RD" || after == "TH")

	return strings.ContainsAny(word, "0123456789") && !ordinal
}

// eachWord writes each word that is not to stay with a capital and small letters.
func eachWord(text string, stays func(i int, word string) bool) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		if !stays(i, word) {
			words[i] = capitalized(word)
		}
	}

	return strings.Join(words, " ")
}

// capitalized is a word with small letters but at the start of its parts, as in
// Smith-Jones, O'Brien and McDonald, but not in John's and 5th.
func capitalized(word string) string {
	const apart, apostrophes, mc = "-/.&(", "'’", 2

	var b strings.Builder

	letters := 0 // of this part

	for _, r := range word {
		switch {
		case letters == 0:
			b.WriteRune(unicode.ToUpper(r))
		case letters == mc && strings.HasSuffix(b.String(), "Mc") && len(word) > mc+2:
			b.WriteRune(unicode.ToUpper(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}

		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letters++
		case strings.ContainsRune(apart, r), strings.ContainsRune(apostrophes, r) && letters == 1:
			letters = 0
		}
	}

	return b.String()
}

// wholeNumber reads the characters of a JSON number as a whole number from 0 to
// 2147483647: 1500 and 1500.00.
func wholeNumber(text string) (int64, bool) {
	const decimal, bits = 10, 64

	whole, fraction, _ := strings.Cut(text, ".")
	if !isDigits(whole) || strings.Trim(fraction, "0") != "" || strings.HasSuffix(text, ".") {
		return 0, false
	}

	n, err := strconv.ParseInt(whole, decimal, bits)

	return n, err == nil && n <= math.MaxInt32
}

// groupOf is how many digits stand between two separators of thousands.
const groupOf = 3

// wholeNumberIn reads one as people and databases write it: 0001500, 1,500 and
// 1,500.00 too. Three digits behind a point are none: 2.000 is two to some and
// two thousand to others.
func wholeNumberIn(text string) (int64, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) == groupOf {
		return 0, false
	}

	groups := strings.Split(whole, ",")
	if len(groups) > 1 && !isGrouped(groups) {
		return 0, false
	}

	return wholeNumber(strings.Join(groups, "") + text[len(whole):])
}

// isGrouped reports whether digits are in groups as a number is: up to three that
// begin with no zero, then three each. 0,500 and 000,001 are something else.
func isGrouped(groups []string) bool {
	for i, group := range groups {
		if !isDigits(group) || i > 0 && len(group) != groupOf {
			return false
		}
	}

	return len(groups[0]) <= groupOf && groups[0][0] != '0'
}
