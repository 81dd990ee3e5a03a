package legacy

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fillCustomers stores the guide's record and one for each of the shop's people,
// under the id that the services know them by.
func fillCustomers(ctx context.Context, tx *sql.Tx) error {
	return database.Insert(ctx, tx,
		"customers (cust_num, release, f_name, l_name, addr_line_1, addr_line_2, city, state, zip, ph_num, merged_phone, email_addr, cust_type, loyalty_pts, birth_dt)",
		database.Rows(records(seed.Users()), recordRow))
}

func recordRow(r record) []any {
	return []any{
		r.number, int64(r.release), r.firstName, r.lastName, r.line1, r.line2, r.city, r.state, r.zip,
		r.phone, r.mergedPhone, r.email, r.kind, r.points, r.born,
	}
}

// records returns what is on file.
func records(users []seed.User) []record {
	all := make([]record, 0, len(users)+1)
	all = append(all, johnDoe("12345"), johnDoe(users[0].ID))
	for n, user := range users[1:] {
		all = append(all, newRecord(user, n))
	}
	return all
}

// johnDoe is the record of the guide.
func johnDoe(number string) record {
	return record{
		number: number, release: latest, firstName: "John", lastName: "Doe",
		line1: "123 Main St", line2: new(""), city: "NYC", state: new("NY"), zip: "10001",
		phone: new("1234567890"), email: new("john@example.com"), kind: "P", points: new(int64(1500)),
	}
}

// customerDice keeps the records from rolling as other things of the shop do.
const customerDice = 1987

// newRecord makes the n-th record, always the same: three of ten are premium,
// three of twenty have a second address line, one of ten a date of birth. Then
// it gets its wart, if any.
func newRecord(user seed.User, n int) record {
	roll := rand.New(rand.NewPCG(customerDice, uint64(n))) //nolint:gosec // the shop must be the same everywhere, not secret
	first, last, _ := strings.Cut(user.Name, " ")
	line1, state, zip := address(user)
	points := int64(roll.IntN(1000))
	r := record{
		number: user.ID, release: latest, firstName: first, lastName: last,
		line1: line1, line2: new(""), city: user.Location, state: &state, zip: zip,
		phone: new(phone(roll)), email: &user.Email, kind: "R", points: &points,
	}
	if roll.IntN(10) < 3 {
		r.kind = "P"
		points += 1000
	}
	if roll.IntN(20) < 3 {
		r.line2 = new(fmt.Sprintf("Apt %d%c", 1+roll.IntN(40), 'A'+roll.IntN(6)))
	}
	if roll.IntN(10) == 0 {
		r.born = new(fmt.Sprintf("%d-%02d-%02d", 1940+roll.IntN(65), 1+roll.IntN(12), 1+roll.IntN(28)))
	}
	growWart(&r, roll)
	return r
}

// address takes "5 Mill Lane, Cork, T12" or "Lindenweg 5, 10115 Berlin" apart. A
// state is what stands before an American zip code.
func address(user seed.User) (line1, state, zip string) {
	line1, rest, _ := strings.Cut(user.Address, ", ")
	zip = strings.TrimSpace(strings.Trim(strings.Replace(rest, user.Location, "", 1), ", "))
	if before, after, two := strings.Cut(zip, " "); two && len(before) == 2 && before == strings.ToUpper(before) && len(after) == 5 {
		return line1, before, after
	}
	return line1, "", zip
}

// phone is ten digits.
func phone(roll *rand.Rand) string {
	return fmt.Sprintf("%d%09d", 2+roll.IntN(8), roll.IntN(1_000_000_000))
}

// padded fills a text up with blanks, as a column of fixed width does, and
// writes it in capitals, as the first terminals did.
func padded(text string, width int) string {
	return fmt.Sprintf("%-*s", width, strings.ToUpper(text))
}

// latin1 is a text in the terminals' later coding. What that has no letter for
// became a question mark.
func latin1(text string) string {
	const last = 0xff
	coded := make([]byte, 0, len(text))
	for _, c := range text {
		if c > last {
			c = '?'
		}
		coded = append(coded, byte(c))
	}
	return string(coded)
}
