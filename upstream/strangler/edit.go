package strangler

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// setting is a field of a route and what it is to say.
type setting struct {
	name  string // mode, percent or fallback
	value string // as it is written, without quotes
}

// settings put a route in its place.
func (p place) settings() []setting {
	return []setting{{"mode", string(p.Mode)}, {"percent", strconv.Itoa(p.Percent)}}
}

// place is where a route stands.
func (r *Route) place() place { return place{r.Mode, r.Percent} }

// set returns the content of a file in which one route says something else, and
// nothing else has changed: neither order, nor form, nor comments. Where that
// cannot be done in place, the file is written anew.
func (d *document) set(route int, changes []setting) ([]byte, error) {
	for _, c := range changes {
		want := d.said.with(route, c)

		next, done := d.inPlace(route, c, want)
		if !done {
			data, err := render(want, d.json)
			if err != nil {
				return nil, err
			}

			if next, err = outline(data); err != nil {
				return nil, err
			}
		}

		d = next
	}

	return d.data, nil
}

// with is a copy of a file in which one route says something else.
func (f File) with(route int, c setting) File {
	f.Routes = slices.Clone(f.Routes)
	r := &f.Routes[route]

	switch c.name {
	case "mode":
		r.Mode = Mode(c.value)
	case "percent":
		r.Percent, _ = strconv.Atoi(c.value) // It is a number.
	default:
		r.Fallback = c.value == "true"
	}

	return f
}

// inPlace tries the ways to write a change, and takes the one after which the
// file says what it is to say.
func (d *document) inPlace(route int, c setting, want File) (*document, bool) {
	if reflect.DeepEqual(d.said, want) {
		return d, true
	}

	r := d.root.field("routes").value.items[route]

	for _, data := range [][]byte{d.replaced(r, c), d.insertedLine(r, c), d.insertedMember(r, c)} {
		if data == nil {
			continue
		}

		if next, err := outline(data); err == nil && reflect.DeepEqual(next.said, want) {
			return next, true
		}
	}

	return nil, false
}

// replaced changes a value that is there.
func (d *document) replaced(r *node, c setting) []byte {
	f := r.field(c.name)
	if f == nil || f.value.span == (span{}) {
		return nil
	}

	at, value := f.value.span, c.value
	if quote := d.data[at.from]; quote == '"' || quote == '\'' {
		value = string(quote) + value + string(quote)
	}

	return slices.Concat(d.data[:at.from], []byte(value), d.data[at.to:])
}

// insertedLine adds a line below that of the mode.
func (d *document) insertedLine(r *node, c setting) []byte {
	mode := r.field("mode")
	if mode == nil || r.field(c.name) != nil || mode.value.span == (span{}) || d.json {
		return nil
	}

	indent := blank(d.before(mode.start))

	end := len(d.data)
	if cut := bytes.IndexByte(d.data[mode.value.span.to:], '\n'); cut >= 0 {
		end = mode.value.span.to + cut
	}

	newline := "\n"
	if end > 0 && d.data[end-1] == '\r' {
		newline = "\r\n"
		end--
	}

	return slices.Concat(d.data[:end], []byte(newline+indent+c.name+": "+c.value), d.data[end:])
}

// insertedMember adds a member behind the mode, on a line of its own where the
// mode has one.
func (d *document) insertedMember(r *node, c setting) []byte {
	mode := r.field("mode")
	if mode == nil || r.field(c.name) != nil || mode.value.span == (span{}) {
		return nil
	}

	separator, name := ", ", c.name
	if before := d.before(mode.start); strings.TrimSpace(before) == "" {
		separator = ",\n" + before
	}

	if d.json {
		name = strconv.Quote(name)
	}

	at := mode.value.span.to

	return slices.Concat(d.data[:at], []byte(separator+name+": "+c.value), d.data[at:])
}

// before is what stands before an offset on its line.
func (d *document) before(offset int) string {
	return string(d.data[bytes.LastIndexByte(d.data[:offset], '\n')+1 : offset])
}

// blank is as wide as a text.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}

		return ' '
	}, text)
}
