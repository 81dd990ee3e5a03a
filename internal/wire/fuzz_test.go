package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"storefront/internal/wire"
)

func seeds() []string {
	return []string{
		"", " ", "null", "tru", "-0.10e+5", "1e700", "01", `"a\u00e9\ud83d\ude00\ud800"`, "\"\xff\x80\"",
		"[1,[2,{\"a\":3}],]", `{"id":7,"name":"a\tb","price":999.90,"reviews":3}`,
		`{"id":"x","id":"y","name":null}`, "{\"na\\u006de\":\"\xc3\"}", `{"price":1,"price":2`, `{"id":1}{}`,
		`{"reviews":1e3}`, `{"reviews":9223372036854775808}`, strings.Repeat("[", 1001) + strings.Repeat("]", 1001),
		"[ ]", "{\n}", " [ [ ] , { } , [\t1 , -0 ] ] ", "[{ },[ ],\"a\" , true]", "{ \"a\" : { } , \"b\" :\r[ ] }",
		string(catalogue(1)), strings.NewReplacer(":", " : ", ",", "\n, ", "{", "{ ", "]", " ]").Replace(string(catalogue(2))),
	}
}

// depth is how deep brackets are nested in a valid document.
func depth(body []byte) (deepest int) {
	var now int
	var inString, escaped bool
	for _, c := range body {
		switch {
		case escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return deepest
}

// passing are ways to go through a document that leave its judgement to its
// syntax: some skip it at once, some member by member, some break off.
func passing(body []byte) map[string]func(*wire.Reader) {
	ways := map[string]func(*wire.Reader){"skip": (*wire.Reader).Skip, "leave alone": func(*wire.Reader) {}}
	for _, limit := range []int{0, 1, 100} {
		switch {
		case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")):
			ways[fmt.Sprintf("%d elements", limit)] = func(r *wire.Reader) {
				for range r.Array(limit) {
					continue
				}
			}
		case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")):
			ways[fmt.Sprintf("%d members", limit)] = func(r *wire.Reader) {
				left := limit
				for range r.Object() {
					if left--; left < 0 {
						break
					}
				}
			}
		}
	}
	return ways
}

// FuzzAgainstEncodingJSON holds what is accepted against encoding/json, with
// the one difference that is documented. White space behind the document lets
// the reader be fast up to its end; reading it twice lets it know the names.
func FuzzAgainstEncodingJSON(f *testing.F) {
	for _, seed := range seeds() {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		valid := json.Valid(body)
		padded := append(bytes.Clone(body), strings.Repeat(" ", 50)...)
		for way, read := range passing(body) {
			for _, body := range [][]byte{body, padded, padded} {
				err := wire.Decode(body, read)
				switch {
				case valid && err != nil && depth(body) <= wire.MaxDepth:
					t.Errorf("%s: refused: %v", way, err)
				case !valid && err == nil:
					t.Errorf("%s: accepted", way)
				}
				if err != nil && (len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\n\r")) {
					t.Errorf("%s: not one short line: %q", way, err)
				}
			}
		}
	})
}

// FuzzText reads strings, as values and as names, that begin and end anywhere
// in a word of eight bytes.
func FuzzText(f *testing.F) {
	for _, seed := range append(seeds(), hostileTexts()...) {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`\u0041\ud83d\ude00\ud83d\ud83d\ude00\ude00\ud83dx\uABcd\"`))
	f.Fuzz(func(t *testing.T, written []byte) {
		for shift := range 8 {
			quoted := `"` + strings.Repeat("a", shift) + string(written) + `"`
			var want map[string]string
			valid := json.Unmarshal([]byte("{"+quoted+":"+quoted+"}"), &want) == nil
			for _, behind := range []string{"}", "}" + strings.Repeat(" ", 50)} {
				got := map[string]string{}
				err := wire.Decode([]byte("{"+quoted+":"+quoted+behind), func(r *wire.Reader) {
					for name := range r.Object() {
						got[name] = r.Text()
					}
				})
				if (err == nil) != valid || valid && !maps.Equal(got, want) {
					t.Errorf("%q: got %q, %v, want %q", quoted, got, err, want)
				}
			}
		}
	})
}

// sample has one member for each kind of read.
type sample struct {
	id      wire.ID
	name    string
	price   wire.Number
	reviews int64
}

func readSample(r *wire.Reader) (s sample) {
	for key := range r.Object() {
		switch key {
		case "id":
			s.id = r.ID()
		case "name":
			s.name = r.Text()
		case "price":
			s.price = r.Number()
		case "reviews":
			s.reviews = r.Int()
		}
	}
	return s
}

// FuzzValues compares what is read with what encoding/json reads. It decodes
// into a map, because into a struct it would match names without regard to
// case.
func FuzzValues(f *testing.F) {
	for _, seed := range seeds() {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got sample
		if wire.Decode(body, func(r *wire.Reader) { got = readSample(r) }) != nil {
			return
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			t.Fatalf("accepted, though %v", err)
		}
		same(t, members["name"], got.name, got.name == "")
		same(t, members["reviews"], got.reviews, got.reviews == 0)
		if string(members["price"]) != got.price.String() {
			t.Errorf("price: got %s from %s", got.price, members["price"])
		}
		if got.id.Integer {
			same(t, members["id"], json.Number(got.id.Text), false)
		} else {
			same(t, members["id"], got.id.Text, got.id.IsZero())
		}
	})
}

// same holds a value against what encoding/json makes of the member. absent
// says that the value may stand for no member.
func same[T comparable](t *testing.T, member json.RawMessage, got T, absent bool) {
	t.Helper()
	if member == nil && absent {
		return
	}
	var want T
	if err := json.Unmarshal(member, &want); err != nil || got != want {
		t.Errorf("got %v from %q, want %v, %v", got, member, want, err)
	}
}

// FuzzNumber holds the grammar of what is written against that of what is read.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-0.10e+5", "01", "1.", "1e", " 1", "true", `"1"`, "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > wire.MaxNumber {
			return
		}
		var read wire.Number
		err := wire.Decode([]byte(text), func(r *wire.Reader) { read = r.Number() })
		isNumber := err == nil && string(read) == text // not so with white space around it
		written, err := wire.Number(text).MarshalJSON()
		if isNumber != (err == nil) || isNumber && string(written) != text {
			t.Errorf("%q: a number is %t, written as %q, %v", text, isNumber, written, err)
		}
	})
}
