package wire

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// AppendText appends text as a JSON string, byte for byte as encoding/json
// writes it when it does not escape HTML: what is not UTF-8 becomes \ufffd, and
// U+2028 and U+2029, which end a line in JavaScript, are escaped.
func AppendText(dst []byte, text string) []byte {
	dst = append(dst, '"')
	from := 0 // what is before it is written
	for i := plainASCII(text, 0); i < len(text); i = plainASCII(text, i) {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if r >= utf8.RuneSelf && (r != utf8.RuneError || size > 1) && r != '\u2028' && r != '\u2029' {
			i += size
			continue
		}
		dst = appendEscape(append(dst, text[from:i]...), r)
		i += size
		from = i
	}
	return append(append(dst, text[from:]...), '"')
}

// plainASCII returns the offset of the first character from i on that is not
// ASCII or has to be escaped.
func plainASCII(text string, i int) int {
	for ; len(text)-i >= wordSize; i += wordSize {
		w := wordOf(text[i:])
		if marks := stops(w) | w&highs; marks != 0 {
			return i + lane(marks)
		}
	}
	if len(text) >= wordSize && i < len(text) {
		w := wordOf(text[len(text)-wordSize:])
		if stops(w)|w&highs == 0 {
			return len(text)
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return i
}

// wordOf is the first eight bytes of text, the first one lowest. (The compiler
// makes one load of it.)
func wordOf(text string) uint64 {
	_ = text[wordSize-1]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// appendEscape appends the character r behind a backslash.
func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', hexDigits[r>>12&0xF], hexDigits[r>>8&0xF], hexDigits[r>>4&0xF], hexDigits[r&0xF])
	}
}
