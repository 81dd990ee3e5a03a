package h1

import (
	"bytes"
	"net/http"
)

const (
	// maxInformational bounds the answers that only announce an answer.
	maxInformational = 5
	// maxFields bounds the fields of an answer, which are looked up in a row.
	maxFields = 256
)

// framing is what an answer's header says about its end and its connection.
type framing struct {
	old       bool   // HTTP/1.0
	told      []byte // the value of Content-Length, nil if there is none
	length    int64  // what it says
	chunked   bool
	close     bool
	keepAlive bool
}

// head reads the status line and the header of an answer into a, after those
// that only announce it.
func (r *reader) head(a *Answer, limit int) (framing, error) {
	for range maxInformational + 1 {
		a.forget()

		f, err := r.block(a, &limit)
		if err != nil {
			return f, err
		}

		switch {
		case a.Status == http.StatusSwitchingProtocols:
			return f, malformed("protocol is switched unasked")
		case a.Status >= http.StatusOK:
			return f, nil
		}
	}

	return framing{}, malformed("too many informational answers")
}

// block reads one status line and the fields below it.
func (r *reader) block(a *Answer, limit *int) (f framing, err error) {
	if a.lines, err = r.line(a.lines, limit); err != nil {
		return f, err
	}

	if f.old, err = statusLine(a); err != nil {
		return f, err
	}

	for {
		start := len(a.lines)

		if a.lines, err = r.line(a.lines, limit); err != nil {
			return f, err
		}

		line := chomp(a.lines[start:])
		if len(line) == 0 {
			return f, nil
		}

		if len(a.fields) == maxFields {
			return f, malformed("too many fields")
		}

		at, err := splitField(line)
		if err != nil {
			return f, err
		}

		if err = f.note(line[:at.nameEnd], line[at.value:at.valueEnd]); err != nil {
			return f, err
		}

		a.fields = append(a.fields, field{start, start + at.nameEnd, start + at.value, start + at.valueEnd})
	}
}

// statusLine reads lines such as "HTTP/1.1 200 OK". The reason may be missing,
// with its space.
func statusLine(a *Answer) (old bool, err error) {
	const (
		version = "HTTP/1."
		code    = len(version + "1 ")
		end     = len(version + "1 200")
		decimal = 10
	)

	line := chomp(a.lines)
	if len(line) < end || string(line[:len(version)]) != version || !isDigit(line[len(version)]) || line[code-1] != ' ' ||
		len(line) > end && (line[end] != ' ' || !isValue(line[end:])) {
		return false, malformed("status line")
	}

	a.Status = 0
	for _, c := range line[code:end] {
		if !isDigit(c) {
			return false, malformed("status")
		}

		a.Status = a.Status*decimal + int(c-'0')
	}

	if a.Status < http.StatusContinue {
		return false, malformed("status")
	}

	return line[len(version)] == '0', nil
}

// splitField tells where a field's name and value stand in its line.
func splitField(line []byte) (field, error) {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 || !isToken(line[:colon]) { // no token starts with a space, as folded lines do
		return field{}, malformed("field name")
	}

	value := line[colon+1:]
	if !isValue(value) {
		return field{}, malformed("field value")
	}

	end := len(trimRight(line))
	start := end - len(trim(value))

	return field{0, colon, start, end}, nil
}

// chomp takes off a line's end. A lone LF ends a line too, as RFC 9112, 2.2,
// allows and net/http does.
func chomp(line []byte) []byte {
	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}

	return line
}
