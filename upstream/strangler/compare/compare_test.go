package compare_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/upstream/strangler/compare"
)

// rules are what [compare.New] takes.
type rules struct {
	ignore    []string
	tolerance map[string]float64
	unordered []string
	exact     bool
}

func (r rules) made(tb testing.TB) *compare.Rules {
	tb.Helper()

	made, err := compare.New(r.ignore, r.tolerance, r.unordered, r.exact)
	if err != nil {
		tb.Fatal(err)
	}

	return made
}

// lines are differences as people read them.
func lines(found []compare.Difference) []string {
	all := make([]string, 0, len(found))

	for _, d := range found {
		line := fmt.Sprintf("%s %s: %s → %s", d.Path, d.Kind, d.Old, d.New)
		if d.Delta != "" {
			line += " (" + d.Delta + ")"
		}

		all = append(all, line)
	}

	return all
}

func TestCompare(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		old, new string
		rules    rules
		want     []string
	}{
		"the same in other words": {
			old: `{"id":7,"name":"Jos\u00e9","price":999.90,"n":-0,"tags":["a"]}`,
			new: ` { "tags" : [ "\u0061" ], "n": 0.0e5, "price": 9.999e2, "n\u0061me": "José", "id": 7 } `,
		},
		"more is no difference":     {old: `{"id":1,"in":{}}`, new: `{"id":1,"in":{"more":1},"and":[]}`},
		"more is one where exact":   {old: `{"id":1}`, new: `{"id":1,"and":[1],"in":null}`, rules: rules{exact: true}, want: []string{"$.and extra:  → [1 element]", "$.in extra:  → null"}},
		"of an extra the last":      {old: `{}`, new: `{"a":"x","a":2}`, rules: rules{exact: true}, want: []string{"$.a extra:  → 9"}},
		"less is one":               {old: `{"id":1,"in":{"a":"Ann"}}`, new: `{"in":{}}`, want: []string{"$.id missing: 9 → ", `$.in.a missing: "Xxx" → `}},
		"another type":              {old: `{"a":7,"b":{"x":1,"y":2},"c":true,"d":null}`, new: `{"a":"7","b":[],"c":0,"d":false}`, want: []string{`$.a type: 9 → "9"`, "$.b type: {2 members} → [0 elements]", "$.c type: true → 9", "$.d type: null → false"}},
		"another value":             {old: `{"a":"Ann Lee","b":true,"c":999.90}`, new: `{"a":"Bob","b":false,"c":999.8}`, want: []string{`$.a value: "Xxx Xxx" → "Xxx"`, "$.b value: true → false", "$.c value: 999.99 → 999.9 (-0.1)"}},
		"at the root":               {old: `1`, new: `2`, want: []string{"$ value: 9 → 9 (+1)"}},
		"of a name the last counts": {old: `{"a":1,"a":2,"b":1}`, new: `{"b":5,"a":2,"b":1}`},
		"of a name the last counts, among many": {
			old: `{"a":1,"a":2,` + many(30) + `}`, new: `{` + many(30) + `,"a":7,"a":3}`,
			want: []string{"$.a value: 9 → 9 (+1)"},
		},
		"once for a path":       {old: `[{"a":1,"b":1},{"a":2,"b":2},{"a":3}]`, new: `[{"a":1,"b":3},{"a":9,"b":4},{"a":4}]`, want: []string{"$[*].b value: 9 → 9 (+2)", "$[*].a value: 9 → 9 (+7)"}},
		"a list of more":        {old: `{"l":[1,2]}`, new: `{"l":[3,1,2]}`, want: []string{"$.l length: [2 elements] → [3 elements]"}},
		"an element of a list":  {old: `[1,[2]]`, new: `[1,[3]]`, want: []string{"$[*][*] value: 9 → 9 (+1)"}},
		"ids in another order":  {old: `[{"id":"a","n":1},{"id":"b","n":2}]`, new: `[{"id":"b","n":2},{"id":"a","n":3}]`, want: []string{"$[*].n value: 9 → 9 (+2)", "$ order: [2 elements] → [2 elements]"}},
		"ids in any order":      {old: `[{"id":"a","n":1},{"id":"b","n":2}]`, new: `[{"id":"b","n":2},{"id":"a","n":3}]`, rules: rules{unordered: []string{"$"}}, want: []string{"$[*].n value: 9 → 9 (+2)"}},
		"an id that is gone":    {old: `[{"id":1},{"id":2,"n":7},{"id":3,"n":5}]`, new: `[{"id":1},{"id":3,"n":4}]`, want: []string{"$ length: [3 elements] → [2 elements]", "$[*] missing: {2 members} → ", "$[*].n value: 9 → 9 (-1)"}},
		"an id in its place":    {old: `[{"id":1},{"id":2}]`, new: `[{"id":1},{"id":3}]`, rules: rules{exact: true}, want: []string{"$[*] missing: {1 member} → ", "$[*] extra:  → {1 member}"}},
		"an id more":            {old: `[{"id":1},{"id":2}]`, new: `[{"id":1},{"id":2},{"id":3}]`, want: []string{"$ length: [2 elements] → [3 elements]"}},
		"one is no two":         {old: `[{"n":3},{"n":3}]`, new: `[{"n":1},{"n":3}]`, rules: rules{unordered: []string{"$"}}, want: []string{"$[*].n value: 9 → 9 (-2)"}},
		"all ids are others":    {old: `[{"id":1,"n":1},{"id":2,"n":2}]`, new: `[{"id":"1","n":1},{"id":"2","n":2}]`, want: []string{`$[*].id type: 9 → "9"`}},
		"ids that are not one":  {old: `[{"id":1,"n":1},{"id":1,"n":2}]`, new: `[{"id":1,"n":1},{"id":2,"n":2}]`, want: []string{"$[*].id value: 9 → 9 (+1)"}},
		"ids that do not count": {old: `[{"id":1,"n":1},{"id":2,"n":2}]`, new: `[{"id":2,"n":1},{"id":1,"n":2}]`, rules: rules{ignore: []string{"$[*].id"}}},
		"scalars in any order":  {old: `{"t":["a","b","b",1.0,null]}`, new: `{"t":["\u0062",null,1,"b","a"]}`, rules: rules{unordered: []string{"$.t"}}},
		"of which one is another": {
			old: `["a","b","b"]`, new: `["b","a","a"]`, rules: rules{unordered: []string{"$"}},
			want: []string{`$[*] value: "x" → "x"`},
		},
		"objects in any order, with more in them": {old: `[{"n":1},{"n":2,"l":[1,2]}]`, new: `[{"n":2,"l":[2,1],"m":0},{"n":1,"m":1}]`, rules: rules{unordered: []string{"$", "$[*].l"}}},
		"of which one differs":                    {old: `[{"n":1},{"n":2},{"n":3}]`, new: `[{"n":3},{"n":5},{"n":1}]`, rules: rules{unordered: []string{"$"}}, want: []string{"$[*].n value: 9 → 9 (+3)"}},
		"in any order within a tolerance":         {old: `[1,[2],3.5]`, new: `[3.4,1.1,[2]]`, rules: rules{unordered: []string{"$"}, tolerance: map[string]float64{"$[*]": 0.1}}},

		"ignored, with all below":   {old: `{"a":{"b":{"c":1},"d":1},"e":1}`, new: `{"a":{"b":[],"d":2}}`, rules: rules{ignore: []string{"$.a.b", "$.e"}}, want: []string{"$.a.d value: 9 → 9 (+1)"}},
		"ignored in elements":       {old: `[{"image":1},{"image":2,"n":1}]`, new: `[{},{"image":"x","n":1}]`, rules: rules{ignore: []string{"$[*].image"}}},
		"ignored members":           {old: `{"specs":{"a":1,"b":2}}`, new: `{"specs":{"a":2}}`, rules: rules{ignore: []string{"$.specs.*"}}},
		"ignored members, not all":  {old: `{"specs":{"a":1}}`, new: `{}`, rules: rules{ignore: []string{"$.specs.*"}}, want: []string{"$.specs missing: {1 member} → "}},
		"ignored extras":            {old: `{}`, new: `{"a":1}`, rules: rules{ignore: []string{"$.a"}, exact: true}},
		"ignored by a quoted name":  {old: `{"à la carte":1}`, new: `{}`, rules: rules{ignore: []string{`$["à la carte"]`}}},
		"all ignored":               {old: `{`, new: `[]`, rules: rules{ignore: []string{"$"}}},
		"within a tolerance":        {old: `{"t":999.90,"u":1}`, new: `{"t":999.91,"u":1.01}`, rules: rules{tolerance: map[string]float64{"$.t": 0.01}}, want: []string{"$.u value: 9 → 9.99 (+0.01)"}},
		"beyond a tolerance":        {old: `{"t":0.3}`, new: `{"t":0.1}`, rules: rules{tolerance: map[string]float64{"$.t": 0.1}}, want: []string{"$.t value: 9.9 → 9.9 (-0.2)"}},
		"a tolerance is no type":    {old: `{"t":1}`, new: `{"t":"1"}`, rules: rules{tolerance: map[string]float64{"$.t": 1}}, want: []string{`$.t type: 9 → "9"`}},
		"a tolerance for each":      {old: `{"a":{"x":1},"b":{"x":2}}`, new: `{"a":{"x":1.5},"b":{"x":3}}`, rules: rules{tolerance: map[string]float64{"$.*.x": 0.5}}, want: []string{"$.*.x value: 9 → 9 (+1)"}},
		"a name before all others":  {old: `{"a":{"x":1}}`, new: `{"a":{"x":2}}`, rules: rules{tolerance: map[string]float64{"$.*.x": 0.5, "$.a.y": 1}}, want: []string{"$.a.x value: 9 → 9 (+1)"}},
		"digits beyond any float":   {old: `[12345678901234567890.00000000001]`, new: `[12345678901234567890.00000000002]`, want: []string{"$[*] value: 99999999999999999999.99999999999 → 99999999999999999999.99999999999 (+0.00000000001)"}},
		"an exponent beyond reason": {old: `[1e999999999,1e99999999999999999999,0e99999999999999999999]`, new: `[1e-999999999,1E+99999999999999999999,0]`, rules: rules{tolerance: map[string]float64{"$[*]": 1}}, want: []string{"$[*] value: 9x999999999 → 9x-999999999"}},
		"large exponents":           {old: `1e64`, new: `1.1e64`, want: []string{"$ value: 9x99 → 9.9x99"}},
		"other digits, same number": {old: `[100,1e2,0.00100]`, new: `[1.00e2,1000e-1,1e-3]`},

		"names of fields": {
			old:  `{"givenName":1,"_id":2,"$ref":3,"line-2_b":4,"` + strings.Repeat("n", 40) + `":5,"y12345z":6}`,
			new:  `{}`,
			want: []string{"$.givenName missing: 9 → ", "$._id missing: 9 → ", `$["$ref"] missing: 9 → `, "$.line-2_b missing: 9 → ", "$." + strings.Repeat("n", 40) + " missing: 9 → ", "$.y12345z missing: 9 → "},
		},
		"keys are no names": {
			old:  `{"Jane Doe":1,"john.smith":1,"john@example.com":1,"12345":1,"":1,"2026-01-01":1,"größe":1,"a\u0000\"]":1,"-x":1,"a$":1,"user_123456":1,"` + strings.Repeat("n", 41) + `":1}`,
			new:  `{}`,
			want: []string{"$.* missing: 9 → "},
		},
		"each key by itself": {
			old: `{"a":{"Jane Doe":{"age":1}},"b":{"john.smith":1},"c":{"Jos\u00e9":1},"d":{"user_123456":1},"e":{"a$":1},"f":{"-x":1}}`, new: `{"a":{"Jane Doe":{"age":2}},"b":{},"c":{},"d":{},"e":{},"f":{}}`,
			want: []string{"$.a.*.age value: 9 → 9 (+1)", "$.b.* missing: 9 → ", "$.c.* missing: 9 → ", "$.d.* missing: 9 → ", "$.e.* missing: 9 → ", "$.f.* missing: 9 → "},
		},
		"rules know keys by name": {old: `{"Jane Doe":{"age":1},"john.smith":2}`, new: `{"Jane Doe":{"age":2},"john.smith":2.1}`, rules: rules{ignore: []string{`$["Jane Doe"].age`}, tolerance: map[string]float64{`$["john.smith"]`: 0.1}}},
		"no number is told":       {old: `[4915112345678]`, new: `[1]`, want: []string{"$[*] value: 9999999999999 → 9 (-4000000000000)"}},
		"nor one beside 0":        {old: `[{"a":0,"b":7}]`, new: `[{"a":4915112345678,"b":0.0}]`, want: []string{"$[*].a value: 9 → 9999999999999", "$[*].b value: 9 → 9.9"}},
		"a difference in digits":  {old: `[{"a":1,"b":0.30}]`, new: `[{"a":1025,"b":0.347}]`, want: []string{"$[*].a value: 9 → 9999 (+1000)", "$[*].b value: 9.99 → 9.999 (+0.04)"}},
		"long ways are cut": {
			old: strings.Repeat(`{"under":`, 100) + "1" + strings.Repeat("}", 100), new: strings.Repeat(`{"under":`, 100) + "2" + strings.Repeat("}", 100),
			want: []string{"$" + strings.Repeat(".under", 33) + ".… value: 9 → 9 (+1)"},
		},
		"long texts are cut": {
			old: `["` + strings.Repeat("aé9", 20) + `"]`, new: `["a\n\u007f€\t"]`,
			want: []string{`$[*] value: "` + strings.Repeat("x¿9", 13) + `x… (60 characters)" → "x  ¿ "`},
		},

		"no JSON on one side":   {old: `{"a":1}`, new: `<html>`, want: []string{"$ body: JSON, 7 bytes → no JSON, 6 bytes"}},
		"no JSON on both":       {old: "a\n", new: "a\r\n", want: []string{"$ body: no JSON, 2 bytes → no JSON, 3 bytes"}},
		"the same without JSON": {old: "<html>", new: "<html>"},
		"an empty body":         {old: `{}`, new: ``, want: []string{"$ body: JSON, 2 bytes → no JSON, 0 bytes"}},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			found, err := test.rules.made(t).Compare([]byte(test.old), []byte(test.new))
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(test.want, lines(found), cmp.Transformer("none", func(l []string) []string { return append([]string{}, l...) })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func many(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"m%d":%d`, i, i))
	}

	return strings.Join(all, ",")
}

func TestWithoutRules(t *testing.T) {
	t.Parallel()

	var nobody *compare.Rules

	found, err := nobody.Compare([]byte(`{"a":1}`), []byte(`{"a":2}`))
	if err != nil || len(found) != 1 {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestBrokenDocuments(t *testing.T) {
	t.Parallel()

	for _, body := range []string{
		`{`, `[`, `[1`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a":1 "b":2}`, `[1 2]`, `"`, `"\`, `"\x"`, `"\u12`, `"\u12g4"`, "\"\n\"",
		`01`, `1.`, `.1`, `1e`, `1e+`, `-`, `+1`, `tru`, `truee`, `nul`, `1 2`, `{}{}`, `[1]]`, "\xef\xbb\xbf{}", `NaN`,
	} {
		found, err := (*compare.Rules)(nil).Compare([]byte(`{}`), []byte(body))
		if err != nil || len(found) != 1 || found[0].Kind != compare.Body {
			t.Errorf("%q: got %v, %v", body, found, err)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()

	deep := func(n int, inside string) string { return strings.Repeat("[", n) + inside + strings.Repeat("]", n) }
	list := func(n int, of string) string { return "[" + strings.TrimSuffix(strings.Repeat(of+",", n), ",") + "]" }

	tests := map[string]struct {
		old, new string
		want     error
	}{
		"deep":                   {deep(compare.MaxDepth, ""), deep(compare.MaxDepth, "1"), nil},
		"too deep":               {deep(compare.MaxDepth+1, ""), deep(1, "1"), compare.ErrTooMuch},
		"far too deep":           {"1", strings.Repeat("[", 1<<20), compare.ErrTooMuch},
		"long":                   {"1", strings.Repeat(" ", compare.MaxBody-1) + "2", nil},
		"too long":               {"1", strings.Repeat(" ", compare.MaxBody) + "2", compare.ErrTooMuch},
		"of many values":         {list(compare.MaxValues-1, "1"), list(compare.MaxValues-1, "2"), nil},
		"of too many values":     {list(compare.MaxValues, "1"), "1", compare.ErrTooMuch},
		"of many ways to pair":   {list(200, `{"n":1}`), list(200, `{"n":2}`), nil},
		"of too many ways":       {list(3000, `{"n":1}`), list(3000, `{"n":2}`), compare.ErrTooMuch},
		"of many that are taken": {list(2000, `{"n":1}`), `[{"n":2},` + list(1999, `{"n":1}`)[1:], compare.ErrTooMuch},
		"long, in other places":  {list(30_000, `[1]`), list(29_999, `[1]`), nil},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if _, err := (rules{unordered: []string{"$"}}).made(t).Compare([]byte(test.old), []byte(test.new)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestDifferencesAreFew(t *testing.T) {
	t.Parallel()

	found, err := (*compare.Rules)(nil).Compare([]byte("{"+many(500)+"}"), []byte("{}"))
	if err != nil || len(found) != compare.MaxDifferences {
		t.Errorf("got %d differences, %v", len(found), err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		rules rules
		want  string
	}{
		"no root":               {rules{ignore: []string{"a.b"}}, `ignore "a.b": a path is like`},
		"an index":              {rules{ignore: []string{"$.a[0]"}}, `ignore "$.a[0]": a path is like`},
		"a bare name":           {rules{unordered: []string{"$a"}}, `unordered "$a": a path is like`},
		"an empty name":         {rules{ignore: []string{"$."}}, `a path is like`},
		"any depth":             {rules{ignore: []string{"$..a"}}, `a path is like`},
		"an open quote":         {rules{ignore: []string{`$["a]`}}, `a path is like`},
		"an open bracket":       {rules{ignore: []string{`$["a"`}}, `a path is like`},
		"another quote":         {rules{ignore: []string{"$['a']"}}, `a path is like`},
		"something behind":      {rules{ignore: []string{"$.a b"}}, `a path is like`},
		"too long":              {rules{ignore: []string{"$." + strings.Repeat("a", 400)}}, `a path is like`},
		"too deep":              {rules{ignore: []string{"$" + strings.Repeat(".a", 33)}}, `a path is like`},
		"too many":              {rules{ignore: make([]string, 201)}, `there may be 200 paths`},
		"less than nothing":     {rules{tolerance: map[string]float64{"$.t": -0.1}}, `tolerance "$.t": a tolerance is 0 or`},
		"far too much":          {rules{tolerance: map[string]float64{"$.t": 1e300}}, `tolerance "$.t": a tolerance is 0 or`},
		"a tolerance elsewhere": {rules{tolerance: map[string]float64{"t": 1}}, `tolerance "t": a path is like`},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r := test.rules
			if _, err := compare.New(r.ignore, r.tolerance, r.unordered, r.exact); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// What comes out holds no word of what went in.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()

	old := `{"name":"Secretary Jane","list":["Hidden"],"mail":"jane@secret.example","gone":"Vanished","n":4711,"jane@secret.example":1}`
	fresh := `{"name":"Secret Agent","list":["Veiled"],"mail":["x"],"n":4712,"2":"Also Secret"}`

	found, err := rules{exact: true}.made(t).Compare([]byte(old), []byte(fresh))
	if err != nil {
		t.Fatal(err)
	}

	told := fmt.Sprintf("%+v", found)
	for _, word := range []string{"Jane", "Hidden", "jane", "secret", "Secret", "Vanished", "Veiled", "471"} {
		if strings.Contains(told, word) {
			t.Errorf("%q is in %s", word, told)
		}
	}
}
