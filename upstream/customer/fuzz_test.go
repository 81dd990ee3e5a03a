package customer_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"storefront/upstream/customer"
)

// FuzzDecode wants no answer to end the process, and what is accepted to be about
// who was asked for and fit for a client's JSON.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/golden/*.in")
	if err != nil {
		f.Fatal(err)
	}

	for _, file := range files {
		body, err := os.ReadFile(file) //nolint:gosec // A file of this folder.
		if err != nil {
			f.Fatal(err)
		}

		f.Add(body, "12345")
	}

	f.Fuzz(func(t *testing.T, body []byte, asked string) {
		got, err := client(string(body)).Get(t.Context(), asked)
		if err != nil {
			return
		}

		wantFit(t, got.Of, asked, len(body))
		wantAbout(t, body, asked)
	})
}

// wantAbout fails the test unless what a record is called last, where that is
// something, is who was asked for.
func wantAbout(t *testing.T, body []byte, asked string) {
	t.Helper()

	var record map[string]json.RawMessage

	number, text := []byte(nil), ""
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &record); err == nil { // It is stricter in some ways.
		number = record["cust_num"]
	}

	switch err := json.Unmarshal(number, &text); {
	case number == nil, !utf8.Valid(number), string(number) == "null", string(number) == asked:
	case err != nil || strings.TrimFunc(text, isBlank) != asked && strings.TrimFunc(text, isBlank) != "":
		t.Errorf("asked for %q, got the record of %s", asked, number)
	}
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' }

// wantFit fails the test unless c, made of so many bytes, is about who was asked
// for and can be shown.
func wantFit(t *testing.T, c customer.Customer, asked string, bytes int) {
	t.Helper()

	if c.ID != asked {
		t.Errorf("asked for %q, got %q", asked, c.ID)
	}

	for _, text := range []string{c.Name.Full(), c.Address.String(), c.Contact.Phone, c.Contact.Email} {
		if !utf8.ValidString(text) || text != strings.TrimSpace(text) {
			t.Errorf("%q is not clean", text)
		}

		if strings.ContainsFunc(text, unicode.IsControl) || text != "" && strings.Trim(text, " \u200c\u200d\u2800\u3164") == "" {
			t.Errorf("%q is nothing to be shown", text)
		}
	}

	switch c.Tier {
	case customer.Premium, customer.Regular, customer.Unknown:
	default:
		t.Errorf("a tier of %q", c.Tier)
	}

	if c.LoyaltyPoints != nil && (*c.LoyaltyPoints < 0 || *c.LoyaltyPoints > 1<<31-1) {
		t.Errorf("%d points", *c.LoyaltyPoints)
	}

	encoded, err := json.Marshal(c)
	if err != nil || !json.Valid(encoded) {
		t.Errorf("cannot be sent: %v", err)
	}

	if size := c.Size(); size < len(asked) || size > 100*(bytes+10)+len(asked) {
		t.Errorf("a body of %d bytes has a size of %d", bytes, size)
	}
}
