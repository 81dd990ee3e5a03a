package customer

import (
	"strings"

	"storefront/internal/wire"
)

// The legacy customer system answers
//
//	{"cust_num","f_name","l_name","addr_line_1","addr_line_2","city","state","zip",
//	 "ph_num","email_addr","cust_type","loyalty_pts"}
//
// and does not keep to it. This is what becomes of what it sends; each line is a
// pair of files in testdata/golden. "Missing" is empty in our model, nil for
// points. "Dropped" is missing, and counted under the name of our field.
//
//	they send                                we take it for
//	---------------------------------------  -----------------------------------------------
//	no object, broken JSON, more behind it   nothing: the record is rejected
//	no number, or another customer's         nothing: the record is rejected. Only blanks around
//	                                         it are not compared, and 12345 is "12345"; USER_1 is
//	                                         not user_1, since both may be somebody
//	a number twice                           the same, unless both are that of the customer or one
//	                                         says nothing: null or blank
//	more that is of no use than that says    nothing: the record is rejected, being in another
//	something, counted by our fields         format than was agreed; missing says nothing
//	null, a missing key                      missing, and no fault
//	an unknown key                           nothing
//	a key twice                              the last one that says anything: not null, blank
//	                                         or "NONE", and not of a kind that is of no use
//	a text with blanks around or runs of     the text without, one blank for each run; a phone
//	them in it, control characters           number keeps those inside, with one blank for each
//	                                         control character
//	nothing that can be seen, such as        missing, as ""
//	U+200D alone
//	"", " ", "-", "N/A", "NULL", "UNKNOWN",  missing; but people are called Null and None, so
//	"NONE", "0000-00-00"                     those two stay in a name, and all but blanks in
//	                                         a phone number
//	characters that change how others are    the text without; U+200C and U+200D stay, which
//	shown (U+202E and others of Cf)          some scripts need
//	a byte order mark before the record      the record
//	bytes that are not UTF-8                 Windows-1252, which has all printable characters of
//	                                         Latin-1: byte by byte, since a column in UTF-8 may
//	                                         stand beside one that is not. What is UTF-8 stays.
//	                                         Text that was encoded twice is UTF-8, and stays too
//	a name in capitals, first and last       JOHN O'BRIEN-MCDONALD III is John O'Brien-McDonald
//	                                         III; one with any lower-case letter stays. JJ becomes
//	                                         Jj, VAN DER BERG Van Der Berg, MACDONALD Macdonald
//	street and city in capitals, both        12B N 5TH ST is 12B N 5th St; NYC, PO and points of
//	                                         the compass stay
//	a state of two letters; a zip            in capitals
//	an e-mail address in capitals            in small letters; one in mixed case stays
//	a whole number for a number of           its digits; zeros that it once began with are lost,
//	somebody, a phone, a zip, a street       and are not made up: zip 501 is 501
//	any other number for a text              dropped, but for a phone number, which is as it came
//	true, {}, [], over 1,024 bytes           dropped, also for a phone number
//	ten digits for a phone number            (123) 456-7890; any other is as it came, "n/a" too
//	P and R, also padded or small            PREMIUM and REGULAR
//	any other type, or none                  UNKNOWN, and counted
//	points as "1500", "0001500", "1,500",    1500
//	"1,500.00", 1500.00
//	points below 0, over 2147483647, with    dropped: never rounded, cut, or taken for 0
//	a part of one, an exponent, or words
//	points as text, with three digits        dropped: "2.000" is two or two thousand, "0,500" is
//	behind a point or groups that are none   half of one, and "000,001" is nobody's way to write 1
//
// A comma stands before thousands, as where the system is from: "1,500" would be
// one and a half elsewhere, and points are whole.

// maxText is the most bytes of a text or number, as it is written.
const maxText = 1 << 10

// member is a member of their record that we read.
type member uint8

const (
	number member = iota
	firstName
	lastName
	line1
	line2
	city
	state
	zip
	phone
	email
	kind
	points
)

// members are their names.
var members = map[string]member{ //nolint:gochecknoglobals // A table.
	"cust_num": number, "f_name": firstName, "l_name": lastName,
	"addr_line_1": line1, "addr_line_2": line2, "city": city, "state": state, "zip": zip,
	"ph_num": phone, "email_addr": email, "cust_type": kind, "loyalty_pts": points,
}

// ours is the field of our model that a member is for.
func (m member) ours() field {
	return [...]field{ofID, ofFirstName, ofLastName, ofStreet, ofStreet, ofCity, ofState, ofZipCode, ofPhone, ofEmail, ofTier, ofPoints}[m]
}

// read reads a value of a member as a text; digits says that a whole number is
// one too. A phone number is what they say it is, people may be called Null, and
// points may be any number.
func (m member) read(v wire.Loose, digits bool) reading {
	read := reading{text: v.Text}

	switch {
	case m == number:
		return numberOf(v)
	case m == phone:
		return asItCame(v)
	case m != points || v.Form != wire.Numeric:
		read = textOf(v, digits)
	}

	if m != firstName && m != lastName && noName(read.text) {
		return reading{repaired: true}
	}

	return read
}

// record is what was read of one answer.
type record struct {
	findings

	values         [points + 1]wire.Loose
	asked, another bool // its numbers: that which was asked for, and others
}

// decode reads a record about whom it was asked for, and tells what it was like.
// r has failed where it is rejected.
func decode(r *wire.Reader, asked string) (Customer, findings) {
	var rec record

	r.PassMark()

	for key := range r.Object() {
		if m, known := members[key]; known {
			rec.take(m, r.Loose(maxText), asked)
		}
	}

	r.End()

	if !rec.asked || rec.another {
		r.Fail("the record is about someone else")
	}

	c := rec.customer(asked)
	if rec.ofNoUse() {
		r.Fail("most of the record is of no use")
	}

	if r.Err() != nil {
		return Customer{}, findings{rejected: true}
	}

	return c, rec.findings
}

// take keeps a value: of several the last one that says anything.
func (rec *record) take(m member, value wire.Loose, asked string) {
	if m == number {
		rec.call(numberOf(value), asked)
	}

	if rec.values[m].Form != wire.Absent {
		rec.repair(m.ours())

		if m.read(value, true).text == "" {
			return
		}
	}

	rec.values[m] = value
}

// call notes what a record is called by. A text that says that there is none is
// no number of anybody, and what is of no use may be another's.
func (rec *record) call(number reading, asked string) {
	switch {
	case number.text == asked && asked != "" && !isFiller(asked) && !noName(asked):
		rec.asked = true
	case number.text != "", number.dropped:
		rec.another = true
	}
}

func (rec *record) customer(asked string) Customer {
	rec.text(number, true) // For what is to be counted.

	c := Customer{
		ID:      asked,
		Name:    rec.name(),
		Address: rec.address(),
		Contact: Contact{Phone: rec.phone(), Email: rec.email()},
		Tier:    rec.tier(),
	}
	c.LoyaltyPoints = rec.points()

	return c
}

func (rec *record) name() Name {
	n := Name{First: rec.text(firstName, false), Last: rec.text(lastName, false)}
	if inCapitals(n.First + n.Last) {
		n.First = rec.change(ofFirstName, n.First, nameCase(n.First))
		n.Last = rec.change(ofLastName, n.Last, nameCase(n.Last))
	}

	return n
}

func (rec *record) address() Address {
	a := Address{
		Street: joined(", ", rec.text(line1, true), rec.text(line2, true)),
		City:   rec.text(city, false), State: rec.text(state, false), ZipCode: rec.text(zip, true),
	}

	if inCapitals(a.Street + a.City) {
		a.Street = rec.change(ofStreet, a.Street, placeCase(a.Street))
		a.City = rec.change(ofCity, a.City, placeCase(a.City))
	}

	const code = 2 // letters
	if len(a.State) == code {
		a.State = rec.change(ofState, a.State, strings.ToUpper(a.State))
	}

	a.ZipCode = rec.change(ofZipCode, a.ZipCode, strings.ToUpper(a.ZipCode))

	return a
}

// phone puts ten digits as people write them.
func (rec *record) phone() string {
	const usual, area, exchange = 10, 3, 6

	text := rec.text(phone, true)
	if len(text) != usual || !isDigits(text) {
		return text
	}

	return "(" + text[:area] + ") " + text[area:exchange] + "-" + text[exchange:]
}

func (rec *record) email() string {
	text := rec.text(email, false)
	if inCapitals(text) {
		text = rec.change(ofEmail, text, strings.ToLower(text))
	}

	return text
}

func (rec *record) tier() Tier {
	text := rec.text(kind, false)

	switch text {
	case "P", "p":
		rec.change(ofTier, text, "P")

		return Premium
	case "R", "r":
		rec.change(ofTier, text, "R")

		return Regular
	default:
		rec.unknownTier = true

		return Unknown
	}
}

// points are nil where there is no whole number that every client can take.
func (rec *record) points() *int64 {
	value := rec.values[points]
	read := points.read(value, true)

	n, ok := wholeNumberIn(read.text)
	if value.Form == wire.Numeric {
		n, ok = wholeNumber(read.text)
	}

	switch {
	case read.dropped, read.text != "" && !ok:
		rec.drop(ofPoints)

		return nil
	case read.text == "":
		rec.repairIf(ofPoints, read.repaired)

		return nil
	}

	rec.repairIf(ofPoints, value.Form == wire.String || !isDigits(read.text))
	rec.said[ofPoints] = true

	return &n
}

// text is a member that is a text with us, cleaned.
func (rec *record) text(m member, digits bool) string {
	read := m.read(rec.values[m], digits)
	rec.repairIf(m.ours(), read.repaired)

	if read.dropped {
		rec.drop(m.ours())
	}

	rec.said[m.ours()] = rec.said[m.ours()] || read.text != ""

	return read.text
}

// change notes that a field is repaired, where that changes it.
func (rec *record) change(f field, from, to string) string {
	rec.repairIf(f, from != to)

	return to
}
