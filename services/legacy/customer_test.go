package legacy_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"storefront/services/internal/seed"
	"storefront/services/internal/servicetest"
	"storefront/services/legacy"
)

func record(t *testing.T, number string) string {
	t.Helper()
	got := servicetest.Do(t, shared.customer.Handler(), http.MethodGet, "/cust/"+number)
	if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("%s: %d %v", number, got.Status, got.Header)
	}
	return got.Body
}

// TestRecords holds records to the byte: the guide's, and one with each wart.
func TestRecords(t *testing.T) {
	t.Parallel()
	for number, file := range map[string]string{
		"12345":    "cust_12345.json",
		"user_1":   "cust_user_1.json",
		"user_2":   "cust_user_2.json",   // Latin-1
		"user_3":   "cust_user_3.json",   // padded capitals, two address lines
		"user_11":  "cust_user_11.json",  // unknown type
		"user_16":  "cust_user_16.json",  // points as text
		"user_22":  "cust_user_22.json",  // zero date
		"user_23":  "cust_user_23.json",  // a letter that Latin-1 does not have
		"user_31":  "cust_user_31.json",  // zip as number
		"user_42":  "cust_user_42.json",  // null
		"user_43":  "cust_user_43.json",  // missing keys
		"user_57":  "cust_user_57.json",  // duplicate key
		"user_130": "cust_user_130.json", // phone of no shape
	} {
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			servicetest.Golden(t, file, record(t, number))
		})
	}
}

func TestCustomerNotOnFile(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"nobody", "12346", "USER_1", "user_601", "user_1%20"} {
		got := servicetest.Do(t, shared.customer.Handler(), http.MethodGet, "/cust/"+number)
		if got.Status != http.StatusNotFound || got.Body != `{"err_cd":"E404","err_msg":"CUSTOMER NOT ON FILE"}` {
			t.Errorf("%s: %d %s", number, got.Status, got.Body)
		}
	}
}

func TestCustomerWire(t *testing.T) {
	t.Parallel()
	servicetest.Wire(t, shared.customer.Handler(),
		map[string]string{"/cust/12345": "", "/cust/user_600": ""},
		[]string{"/cust", "/cust/", "/cust/12345/", "/cust/12345/orders", "/customers/12345"},
		[]string{"/cust/" + strings.Repeat("x", 129), "/cust/a%00b", "/cust/%FF"},
	)
}

// TestWarts wants every wart on file, as often as is documented, and most
// records without any.
func TestWarts(t *testing.T) {
	t.Parallel()
	var all []string
	for n := 1; n <= seed.UserCount; n++ {
		all = append(all, record(t, "user_"+strconv.Itoa(n)))
	}
	odd := make([]bool, len(all))
	for _, wart := range warts() {
		count := 0
		for i, body := range all {
			if wart.on(body) {
				odd[i] = odd[i] || wart.odd
				count++
			}
		}
		// Half of the records that should have it at least, and twice as many at most.
		if low, high := max(1, wart.percent*len(all)/200), wart.percent*len(all)/50; count < low || count > high {
			t.Errorf("%s: %d records, want %d to %d", wart.name, count, low, high)
		}
	}
	clean := 0
	for i, body := range all {
		if odd[i] {
			continue
		}
		clean++
		if !cleanRecord.MatchString(body) {
			t.Errorf("neither clean nor of a known wart: %s", body)
		}
	}
	if clean < len(all)*65/100 || clean > len(all)*80/100 {
		t.Errorf("%d of %d records are clean", clean, len(all))
	}
}

var cleanRecord = regexp.MustCompile(`^\{"cust_num":"user_\d+","f_name":"\S+","l_name":"\S+","addr_line_1":"[^"]+","addr_line_2":"(Apt \d+[A-F])?",` +
	`"city":"[^"]+","state":"([A-Z]{2})?","zip":"[^"]+","ph_num":"\d{10}","email_addr":"[^" ]+@[^" ]+",` +
	`"cust_type":"[PR]","loyalty_pts":\d+(,"birth_dt":"(19[4-9]|200)\d-\d\d-\d\d")?\}$`)

// wart says by which bytes one knows it.
type wart struct {
	name    string
	percent int // of all records
	odd     bool
	on      func(body string) bool
}

func warts() []wart {
	matches := func(expression string) func(string) bool { return regexp.MustCompile(expression).MatchString }
	return []wart{
		{"points as text", 4, true, matches(`"loyalty_pts":"\d+"`)},
		{"zip as number", 2, true, matches(`"zip":[1-9]\d*,`)},
		{"null", 3, true, matches(`:null`)},
		{"missing key", 3, true, func(body string) bool {
			return !strings.Contains(body, `"addr_line_2":`) &&
				strings.Count(body, `"ph_num":`)+strings.Count(body, `"email_addr":`)+strings.Count(body, `"state":`)+strings.Count(body, `"loyalty_pts":`) == 3
		}},
		{"padded capitals", 4, true, matches(`"f_name":"[^a-z"]+ +","l_name":"[^a-z"]+ +"`)},
		{"Latin-1", 4, true, func(body string) bool { return !utf8.ValidString(body) }},
		{"a letter that was lost", 1, true, matches(`_(name|line_1)":"[^"]*\?|"city":"[^"]*\?`)},
		{"zero date", 3, true, matches(`"birth_dt":"0000-00-00"`)},
		{"duplicate key", 2, true, func(body string) bool { return strings.Count(body, `"ph_num":`) == 2 }},
		{"unknown type", 2, true, matches(`"cust_type":"[^PR]?"`)},
		{"phone of no shape", 2, true, matches(`"ph_num":"[^"]*[^\d"]`)},
		{"second address line", 15, false, matches(`"addr_line_2":"[^" ]`)},
		{"premium", 30, false, matches(`"cust_type":"P"`)},
		{"date of birth", 10, false, matches(`"birth_dt":"[12]`)},
	}
}

func TestCustomerStarts(t *testing.T) {
	t.Parallel()
	servicetest.Starts(t, legacy.OpenCustomer, sharedDir, "customers.db", "UPDATE customers SET zip = '9' WHERE cust_num = 'user_9'")
}

func TestCustomerPlans(t *testing.T) {
	t.Parallel()
	servicetest.Plans(t, filepath.Join(sharedDir, "customers.db"), legacy.CustomerQueries())
}
