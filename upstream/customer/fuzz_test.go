package customer_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	})
}

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
