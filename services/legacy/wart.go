package legacy

import "math/rand/v2"

// wart is what is odd about a record, beyond the shape that all of them have.
type wart struct {
	name  string
	share int // of a hundred records; some of them have nothing for it to grow on
	grow  func(r *record, roll *rand.Rand)
}

// warts are all there are. Seven of ten records show none: half of the names and
// addresses are plain ASCII in Latin-1 too, and some zips are no number.
func warts() []wart {
	return []wart{
		{"points as text", 4, func(r *record, _ *rand.Rand) { r.release = pointsAreText }},
		{"zip as number", 3, func(r *record, _ *rand.Rand) { r.release = zipIsNumber }},
		{"null", 3, forget},
		{"missing key", 3, func(r *record, roll *rand.Rand) {
			r.release = omitsUnknown
			forget(r, roll)
		}},
		{"padded capitals", 4, pad},
		{"Latin-1", 8, recode},
		{"zero date", 3, func(r *record, _ *rand.Rand) { r.born = new("0000-00-00") }},
		{"duplicate key", 2, func(r *record, roll *rand.Rand) { r.mergedPhone = new(phone(roll)) }},
		{"unknown type", 2, func(r *record, roll *rand.Rand) { r.kind = oneOf(roll, "X", "", "V") }},
		{"phone of no shape", 2, func(r *record, roll *rand.Rand) { r.phone = new(oneOf(roll, "+44 20 7946 0958", "555-1234", "n/a")) }},
	}
}

// growWart gives a record the wart that it rolls, if any.
func growWart(r *record, roll *rand.Rand) {
	rolled := roll.IntN(100)
	for _, w := range warts() {
		if rolled -= w.share; rolled < 0 {
			w.grow(r, roll)
			return
		}
	}
}

// forget leaves one thing unknown, and the second address line with it.
func forget(r *record, roll *rand.Rand) {
	r.line2 = nil
	switch roll.IntN(4) {
	case 0:
		r.phone = nil
	case 1:
		r.email = nil
	case 2:
		r.state = nil
	default:
		r.points = nil
	}
}

// The widths of the columns on the terminals, in characters.
const (
	nameWidth    = 20
	cityWidth    = 20
	addressWidth = 30
	emailWidth   = 40
)

func pad(r *record, _ *rand.Rand) {
	r.firstName, r.lastName = padded(r.firstName, nameWidth), padded(r.lastName, nameWidth)
	r.line1, r.line2 = padded(r.line1, addressWidth), new(padded(*r.line2, addressWidth))
	r.city, r.email = padded(r.city, cityWidth), new(padded(*r.email, emailWidth))
}

func recode(r *record, _ *rand.Rand) {
	r.firstName, r.lastName = latin1(r.firstName), latin1(r.lastName)
	r.line1, r.city = latin1(r.line1), latin1(r.city)
}

func oneOf(roll *rand.Rand, texts ...string) string { return texts[roll.IntN(len(texts))] }
