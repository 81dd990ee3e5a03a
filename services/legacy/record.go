package legacy

import (
	"bytes"
	"fmt"
	"strconv"
)

// record is a customer as the old system stores it: texts are bytes of any
// coding, and nil is what nobody gave.
type record struct {
	number                                  string
	release                                 release
	firstName, lastName                     string
	line1, city, zip, kind                  string
	line2, state, phone, mergedPhone, email *string
	points                                  *int64
	born                                    *string
}

func (r *record) cells() []any {
	return []any{
		&r.number, &r.release, &r.firstName, &r.lastName, &r.line1, &r.line2, &r.city, &r.state, &r.zip,
		&r.phone, &r.mergedPhone, &r.email, &r.kind, &r.points, &r.born,
	}
}

// release is which release of the program wrote a record. It is still the one
// that writes it out: nobody dared to convert what had been stored.
type release int64

const (
	omitsUnknown  release = iota + 1 // no key for what nobody gave
	zipIsNumber                      // sold in one country only
	pointsAreText                    // a printer's program
	latest                           // null for what nobody gave
)

// json writes the record out. The bytes of texts are sent as they were stored.
func (r *record) json() []byte {
	out := &document{release: r.release}
	out.text("cust_num", &r.number)
	out.text("f_name", &r.firstName)
	out.text("l_name", &r.lastName)
	out.text("addr_line_1", &r.line1)
	out.text("addr_line_2", r.line2)
	out.text("city", &r.city)
	out.text("state", r.state)
	out.zip(r.zip)
	if r.mergedPhone != nil { // both stay on file, the one that holds last
		out.text("ph_num", r.mergedPhone)
	}
	out.text("ph_num", r.phone)
	out.text("email_addr", r.email)
	out.text("cust_type", &r.kind)
	out.points(r.points)
	if r.born != nil {
		out.text("birth_dt", r.born)
	}
	out.bytes.WriteByte('}')
	return out.bytes.Bytes()
}

// document is a JSON object in the making.
type document struct {
	release release
	bytes   bytes.Buffer
}

// key begins a member.
func (d *document) key(name string) {
	if d.bytes.Len() == 0 {
		d.bytes.WriteByte('{')
	} else {
		d.bytes.WriteByte(',')
	}
	d.bytes.WriteString(`"` + name + `":`)
}

// unknown writes what nobody gave.
func (d *document) unknown(name string) {
	if d.release == omitsUnknown {
		return
	}
	d.key(name)
	d.bytes.WriteString("null")
}

func (d *document) text(name string, value *string) {
	if value == nil {
		d.unknown(name)
		return
	}
	d.key(name)
	d.quoted(*value)
}

// zip writes digits as the number that they were once stored as.
func (d *document) zip(value string) {
	number, err := strconv.ParseUint(value, 10, 64)
	if d.release != zipIsNumber || err != nil {
		d.text("zip", &value)
		return
	}
	d.key("zip")
	d.bytes.WriteString(strconv.FormatUint(number, 10))
}

func (d *document) points(value *int64) {
	if value == nil {
		d.unknown("loyalty_pts")
		return
	}
	digits := strconv.FormatInt(*value, 10)
	if d.release == pointsAreText {
		d.text("loyalty_pts", &digits)
		return
	}
	d.key("loyalty_pts")
	d.bytes.WriteString(digits)
}

// quoted escapes what would end a JSON string, and looks at no coding.
func (d *document) quoted(value string) {
	d.bytes.WriteByte('"')
	for _, c := range []byte(value) {
		switch {
		case c == '"' || c == '\\':
			d.bytes.Write([]byte{'\\', c})
		case c < ' ':
			fmt.Fprintf(&d.bytes, `\u%04x`, c)
		default:
			d.bytes.WriteByte(c)
		}
	}
	d.bytes.WriteByte('"')
}
