package compare_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"storefront/upstream/strangler/compare"
)

// FuzzCompare: what is valid for encoding/json is JSON here; a document is no
// different from itself however it is written; rules add no difference; and what
// comes out is bounded.
func FuzzCompare(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"a":1,"b":[{"id":1,"n":2},{"id":2}]}`, `{"b":[{"id":2},{"id":1,"n":3}],"a":1.0}`},
		{`[1,2.50,"a\u0062",null,true]`, `["ab",2.5,1,true,null]`},
		{`{"a":1,"a":2}`, `{"a":2,"\u0061":1e999999999}`},
		{`[[[]],{}]`, `[{},[[1]]]`},
		{"\"\xff\"", `"\ufffd"`},
		{`{`, ``},
		{`[{"x":[1,2]},{"x":[2,1]}]`, `[{"x":[2,1]},{"x":[1,3]}]`},
		{`-0`, `0.0e-5`},
		{`{"@":1}`, `{"":1}`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}

	var none *compare.Rules

	loose := rules{
		ignore: []string{"$.a", "$[*].n"}, unordered: []string{"$", "$.b", "$[*].x", "$.*.*"},
		tolerance: map[string]float64{"$[*]": 0.5, "$.*": 1, "$.b[*].n": 2},
	}.made(f)

	f.Fuzz(func(t *testing.T, older, newer []byte) {
		found, err := none.Compare(older, newer)
		if err != nil {
			return
		}

		bounded(t, found)

		if less, err := loose.Compare(older, newer); err == nil && len(found) == 0 && len(less) > 0 {
			t.Errorf("rules find %v", less)
		} else {
			bounded(t, less)
		}

		if probe, err := none.Compare([]byte(`1`), older); err == nil && len(older) != 1 {
			if is := len(probe) == 0 || probe[0].Kind != compare.Body; is != json.Valid(older) {
				t.Errorf("JSON: %t, want %t", is, json.Valid(older))
			}
		}

		for name, r := range map[string]*compare.Rules{"none": none, "loose": loose, "exact": rules{exact: true}.made(t)} {
			if found, err := r.Compare(older, rewritten(older)); err == nil && len(found) > 0 {
				t.Errorf("%s: %q is different from itself as %q: %v", name, older, rewritten(older), found)
			}
		}
	})
}

func bounded(t *testing.T, found []compare.Difference) {
	t.Helper()

	if len(found) > compare.MaxDifferences {
		t.Errorf("%d differences", len(found))
	}

	for _, d := range found {
		for _, said := range []string{d.Old, d.New, d.Delta} {
			if len([]rune(said)) > 80 || strings.ContainsAny(said, "\n\r") {
				t.Errorf("%q is told", said)
			}
		}
	}
}

// rewritten is a document with its members sorted and its texts written in
// another way, or the document where it is none or says something that Go does
// not repeat.
func rewritten(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()

	var value any
	if !json.Valid(body) || bytes.ContainsRune(body, '\uFFFD') || bytes.Contains(body, []byte(`\u`)) || decoder.Decode(&value) != nil {
		return body
	}

	again, err := json.MarshalIndent(value, " ", "\t")
	if err != nil || bytes.Contains(again, []byte(`\ufffd`)) {
		return body
	}

	return again
}
