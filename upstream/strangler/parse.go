package strangler

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxFile is the longest routes file, in bytes: as long as what the operations
// port takes.
const maxFile = 64 << 10

// byteOrderMark is what some editors begin a text with; one says nothing.
const byteOrderMark = "\ufeff"

// document is a routes file that may be put in force.
type document struct {
	data  []byte // as it is written
	root  *node
	lines places
	said  File // what it says
	whole File // and means: what it leaves out is filled in
	json  bool
}

// revision names the content.
func (d *document) revision() string { return revision(d.data) }

func revision(data []byte) string {
	const half = sha256.Size / 2

	sum := sha256.Sum256(data)

	return hex.EncodeToString(sum[:half])
}

// parse reads a routes file; services are those that settings know. The error is
// a *wrongError.
func parse(data []byte, services map[string][]string) (*document, error) {
	d, err := outline(data)
	if err != nil {
		return nil, err
	}

	d.whole = fillIn(d.said)

	if wrong := check(d.whole, services); wrong != nil {
		d.locate(wrong)

		return nil, wrong
	}

	return d, nil
}

// locate says where in the file something is wrong.
func (d *document) locate(wrong *wrongError) {
	for i := range d.said.Routes {
		filled := fmt.Sprintf("routes[%d].paths[0]", i)
		if rest, here := strings.CutPrefix(wrong.where, filled); here && d.said.Routes[i].Path != nil {
			wrong.where = fmt.Sprintf("routes[%d].path", i) + rest
		}
	}

	wrong.line = d.lines.of(wrong.where)
}

// outline reads what a file says, whatever that may mean.
func outline(data []byte) (*document, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))

	if err := readable(data); err != nil {
		return nil, err
	}

	d := &document{data: data, lines: places{}, json: bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) && json.Valid(data)}

	read := readYAML
	if d.json {
		read = readJSON
	}

	var err error
	if d.root, err = read(data); err != nil {
		return nil, err
	}

	d.said, err = d.lines.file(d.root)

	return d, err
}

// readable lets nobody hide anything from whoever looks at the file.
func readable(data []byte) error {
	if len(data) > maxFile {
		return malformed(0, "is longer than "+strconv.Itoa(maxFile)+" bytes")
	}

	line := 1

	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])

		switch {
		case r == utf8.RuneError && size < 2:
			return malformed(line, "is not UTF-8")
		case r == '\r' && i+1 < len(data) && data[i+1] == '\n':
		case r == '\n':
			line++
		case r < ' ' && r != '\t', r >= 0x7f && r < 0xa0, r == '\ufeff', r == '\u2028', r == '\u2029':
			return malformed(line, "has a character that cannot be seen, "+strconv.QuoteRuneToASCII(r))
		}

		i += size
	}

	return nil
}
