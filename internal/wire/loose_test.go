package wire_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"storefront/internal/wire"
)

const looseLimit = 12

func TestLoose(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want wire.Loose
	}{
		"a string":                {`"a\u00e9\n"`, wire.Loose{Form: wire.String, Text: "aé\n"}},
		"an empty string":         {`""`, wire.Loose{Form: wire.String}},
		"bytes that are no UTF-8": {"\"Jos\xe9 é\"", wire.Loose{Form: wire.String, Text: "Jos\xe9 é"}},
		"half a surrogate pair":   {`"\ud83d"`, wire.Loose{Form: wire.String, Text: "\ufffd"}},
		"U+FFFD itself":           {"\"\ufffd\"", wire.Loose{Form: wire.String, Text: "\ufffd"}},
		"a string at the limit":   {`"` + strings.Repeat("x", looseLimit) + `"`, wire.Loose{Form: wire.String, Text: strings.Repeat("x", looseLimit)}},
		"a long string":           {`"` + strings.Repeat("x", looseLimit+1) + `"`, wire.Loose{Form: wire.Other}},
		"a very long string":      {`"` + strings.Repeat("x", wire.MaxString+1) + `"`, wire.Loose{Form: wire.Other}},
		"a number":                {`-1.50e+3`, wire.Loose{Form: wire.Numeric, Text: "-1.50e+3"}},
		"a long number":           {strings.Repeat("1", looseLimit+1), wire.Loose{Form: wire.Other}},
		"null":                    {` null `, wire.Loose{Form: wire.Null}},
		"a boolean":               {`true`, wire.Loose{Form: wire.Other}},
		"an object":               {`{"a":[1,"x"]}`, wire.Loose{Form: wire.Other}},
		"an array":                {`[]`, wire.Loose{Form: wire.Other}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got wire.Loose
			if err := wire.Decode([]byte(test.body), func(r *wire.Reader) { got = r.Loose(looseLimit) }); err != nil || got != test.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestLooseSyntax(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `"x`, `"\x"`, "\"\t\"", `01`, `nul`, `tru`, `{"a"}`, `[1,]`, `x`} {
		if err := wire.Decode([]byte(body), func(r *wire.Reader) { r.Loose(looseLimit) }); err == nil {
			t.Errorf("%q is taken", body)
		}
	}
}

// TestEnd: who asks knows whether there is more before Decode says it.
func TestEnd(t *testing.T) {
	t.Parallel()
	for body, whole := range map[string]bool{"{\"a\":1}\n": true, `{"a":1}{}`: false, `{"a":1`: false} {
		err := wire.Decode([]byte(body), func(r *wire.Reader) {
			for range r.Object() {
			}
			r.End()
			if known := r.Err() == nil; known != whole {
				t.Errorf("%s: whole is %t", body, known)
			}
		})
		if (err == nil) != whole {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// FuzzLoose takes what encoding/json takes, and reads strings as it does but for
// bytes that are not UTF-8.
func FuzzLoose(f *testing.F) {
	for _, seed := range append(seeds(), "\"Jos\xe9\"", `"\ud83d\ude00"`, `1e5`) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got wire.Loose
		err := wire.Decode(body, func(r *wire.Reader) { got = r.Loose(len(body)) })
		flat := !bytes.ContainsAny(body, "[{") // encoding/json goes deeper
		if valid := json.Valid(body); flat && valid != (err == nil) {
			t.Fatalf("%q: %v, though it is valid: %t", body, err, valid)
		}
		var want any
		_ = json.Unmarshal(body, &want) // Numbers may be out of its range.
		if text, isString := want.(string); err == nil && isString && utf8.Valid(body) && (got.Form != wire.String || got.Text != text) {
			t.Errorf("%q: got %+v, want %q", body, got, text)
		}
	})
}
