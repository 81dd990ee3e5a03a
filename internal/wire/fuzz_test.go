package wire_test

import (
	"encoding/json"
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
		string(catalogue(1)),
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

// FuzzAgainstEncodingJSON holds what is accepted against encoding/json, with
// the one difference that is documented.
func FuzzAgainstEncodingJSON(f *testing.F) {
	for _, seed := range seeds() {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var document json.RawMessage // syntax alone: a float64 could not hold 1e700
		want := json.Unmarshal(body, &document)
		got := wire.Decode(body, (*wire.Reader).Skip)
		switch {
		case want == nil && got != nil && depth(body) <= wire.MaxDepth:
			t.Errorf("refused: %v", got)
		case want != nil && got == nil:
			t.Errorf("accepted, though %v", want)
		}
		if got != nil && (len(got.Error()) > 1000 || strings.ContainsAny(got.Error(), "\n\r")) {
			t.Errorf("not one short line: %q", got)
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
