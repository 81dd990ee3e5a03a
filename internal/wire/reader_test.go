package wire_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/wire"
)

// reading is one read of a value, turned into something that prints well.
type reading func(*wire.Reader) string

func pointed[T any](p *T) string {
	if p == nil {
		return "nil"
	}
	return fmt.Sprintf("%v", *p)
}

func text(r *wire.Reader) string           { return r.Text() }
func integer(r *wire.Reader) string        { return strconv.FormatInt(r.Int(), 10) }
func number(r *wire.Reader) string         { return r.Number().String() }
func identifier(r *wire.Reader) string     { return r.ID().String() }
func optionalText(r *wire.Reader) string   { return pointed(r.OptionalText()) }
func count(r *wire.Reader) string          { return strconv.FormatInt(r.Count(), 10) }
func optionalCount(r *wire.Reader) string  { return pointed(r.OptionalCount()) }
func optionalInt(r *wire.Reader) string    { return pointed(r.OptionalInt()) }
func optionalNumber(r *wire.Reader) string { return pointed(r.OptionalNumber()) }
func null(r *wire.Reader) string           { return strconv.FormatBool(r.Null()) }
func members(r *wire.Reader) string        { return fmt.Sprintf("%q", slices.Collect(r.Object())) }
func elements(r *wire.Reader) string       { return fmt.Sprint(slices.Collect(r.Array(2))) }

func TestReads(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", wire.MaxID)
	tests := []struct {
		name string
		read reading
		body string
		want string // what was read, or "error: " and the reason
	}{
		{"Text", text, `"a"`, "a"},
		{"Text", text, `""`, ""},
		{"Text", text, `"héé"`, "héé"},
		{"Text", text, `"a\"\u00e9\ud83d\ude00\/\n"`, "a\"é😀/\n"},
		{"Text", text, `"\ud800x"`, "\ufffdx"},
		{"Text", text, "\"a\xff\xfeb\"", "a\ufffd\ufffdb"},
		{"Text", text, `"` + strings.Repeat(`\n`, 100_000) + `"`, strings.Repeat("\n", 100_000)},
		{"Text", text, `null`, "error: expected a string, found null"},
		{"Text", text, `1`, "error: expected a string, found a number"},
		{"Text", text, `{}`, "error: expected a string, found an object"},
		{"Text", text, `"a`, "error: unexpected end"},
		{"Text", text, ``, "error: unexpected end"},

		{"Int", integer, `0`, "0"},
		{"Int", integer, `-0`, "0"},
		{"Int", integer, `9223372036854775807`, "9223372036854775807"},
		{"Int", integer, `-9223372036854775808`, "-9223372036854775808"},
		{"Int", integer, `9223372036854775808`, "error: expected an integer of 64 bits"},
		{"Int", integer, `1.0`, "error: expected an integer of 64 bits"},
		{"Int", integer, `1e2`, "error: expected an integer of 64 bits"},
		{"Int", integer, `"1"`, "error: expected an integer, found a string"},
		{"Int", integer, `null`, "error: expected an integer, found null"},
		{"Int", integer, `1x`, "error: more after the end of the value"},
		{"Int", integer, `-`, "error: unexpected end"},

		{"Number", number, `999.90`, "999.90"},
		{"Number", number, `0.1`, "0.1"},
		{"Number", number, `-1.50E+07`, "-1.50E+07"},
		{"Number", number, strings.Repeat("9", wire.MaxNumber), strings.Repeat("9", wire.MaxNumber)},
		{"Number", number, strings.Repeat("9", wire.MaxNumber+1), "error: a number is too long"},
		{"Number", number, `"1"`, "error: expected a number, found a string"},
		{"Number", number, `true`, "error: expected a number, found a boolean"},
		{"Number", number, `1.`, "error: unexpected end"},
		{"Number", number, `1.x`, "error: invalid JSON"},

		{"ID", identifier, `"prod_1"`, "prod_1"},
		{"ID", identifier, `7`, "7"},
		{"ID", identifier, `-12345678901234567890`, "-12345678901234567890"},
		{"ID", identifier, `"` + long + `"`, long},
		{"ID", identifier, `"` + long + `x"`, "error: expected an identifier of 1 to 128 characters"},
		{"ID", identifier, strings.Repeat("1", wire.MaxID+1), "error: expected an identifier of 1 to 128 characters"},
		{"ID", identifier, `""`, "error: expected an identifier of 1 to 128 characters"},
		{"ID", identifier, `7.0`, "error: expected an identifier of 1 to 128 characters"},
		{"ID", identifier, `1e3`, "error: expected an identifier of 1 to 128 characters"},
		{"ID", identifier, `null`, "error: expected a string or an integer, found null"},
		{"ID", identifier, `[1]`, "error: expected a string or an integer, found an array"},

		{"OptionalText", optionalText, `null`, "nil"},
		{"OptionalText", optionalText, `""`, ""},
		{"OptionalText", optionalText, `false`, "error: expected a string, found a boolean"},
		{"OptionalText", optionalText, `nil`, "error: invalid JSON"},
		{"Count", count, `0`, "0"},
		{"Count", count, `2147483647`, "2147483647"},
		{"Count", count, `2147483648`, "error: expected a count from 0 to 2147483647"},
		{"Count", count, `-1`, "error: expected a count from 0 to 2147483647"},
		{"OptionalCount", optionalCount, `null`, "nil"},
		{"OptionalCount", optionalCount, `7`, "7"},
		{"OptionalInt", optionalInt, `null`, "nil"},
		{"OptionalInt", optionalInt, `0`, "0"},
		{"OptionalInt", optionalInt, `0.5`, "error: expected an integer of 64 bits"},
		{"OptionalNumber", optionalNumber, `null`, "nil"},
		{"OptionalNumber", optionalNumber, `4.50`, "4.50"},
		{"OptionalNumber", optionalNumber, `"4.50"`, "error: expected a number, found a string"},

		{"Null", null, `null`, "true"},
		{"Null", null, `0`, "false"},
		{"Null", null, `{"a":[]}`, "false"},

		{"Object", members, `{}`, "[]"},
		{"Object", members, `{"a":1,"":{"x":[2]},"\u0062":null,"a":[]}`, `["a" "" "b" "a"]`},
		{"Object", members, "{\"\xff\":1}", "[\"\ufffd\"]"},
		{"Object", members, `[]`, "error: expected an object, found an array"},
		{"Object", members, `null`, "error: expected an object, found null"},
		{"Object", members, `{"a":1 "b":2}`, "error: invalid JSON"},
		{"Object", members, `{"a":1]`, "error: invalid JSON"},

		{"Array", elements, `[]`, "[]"},
		{"Array", elements, `[1]`, "[0]"},
		{"Array", elements, `[1,{"a":2},[3],4]`, "[0 1]"},
		{"Array", elements, `[1,2,3,tru]`, "error: invalid JSON"},
		{"Array", elements, `[1,2,3`, "error: unexpected end"},
		{"Array", elements, `{}`, "error: expected an array, found an object"},
		{"Array", elements, `null`, "error: expected an array, found null"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.body[:min(len(test.body), 20)], func(t *testing.T) {
			t.Parallel()
			if got := outcome(test.body, test.read); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func outcome(body string, read reading) string {
	var got string
	err := wire.Decode([]byte(body), func(r *wire.Reader) { got = read(r) })
	if err != nil {
		_, reason, _ := strings.Cut(err.Error(), ": ")
		return "error: " + reason
	}
	return got
}

func TestLongStrings(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("a", wire.MaxString)
	for form, read := range map[string]reading{
		`"%s"`:        text,
		`{"%s":null}`: members,
	} {
		if got := outcome(fmt.Sprintf(form, longest), read); strings.HasPrefix(got, "error") {
			t.Errorf("%s at the limit: %s", form, got)
		}
		if got := outcome(fmt.Sprintf(form, longest+"a"), read); got != "error: a string is too long" {
			t.Errorf("%s above the limit: %.50s", form, got)
		}
	}
	if err := wire.Decode([]byte(`"`+longest+`a"`), (*wire.Reader).Skip); err != nil {
		t.Errorf("skipped: %v", err)
	}
}

func TestBreakSkipsTheRest(t *testing.T) {
	t.Parallel()
	body := `[{"a":1,"b":[2],"c":3},{"a":4},[5]]`
	var got []int64
	first := func(r *wire.Reader) int64 {
		for key := range r.Object() {
			if key == "a" {
				return r.Int()
			}
		}
		return 0
	}
	err := wire.Decode([]byte(body), func(r *wire.Reader) {
		for i := range r.Array(9) {
			if i == 2 {
				break
			}
			got = append(got, first(r))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1, 4}, got); diff != "" {
		t.Error(diff)
	}
	if err := wire.Decode([]byte(`{"a":1,"b":tru}`), func(r *wire.Reader) { first(r) }); err == nil {
		t.Error("what follows a break was not checked")
	}
}

func TestOfTwoMembersTheLastWins(t *testing.T) {
	t.Parallel()
	var got *string
	err := wire.Decode([]byte(`{"a":"1","A":"3","a":"2"}`), func(r *wire.Reader) {
		for key := range r.Object() {
			if key == "a" {
				got = r.OptionalText()
			}
		}
	})
	if err != nil || got == nil || *got != "2" {
		t.Errorf("got %s, %v", pointed(got), err)
	}
}

func TestNamesStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	// Far more names than the reader keeps, some longer than it keeps any.
	want := make([]string, 0, 1000)
	var body strings.Builder
	for i := range cap(want) {
		name := fmt.Sprintf("%d%s", i, strings.Repeat("x", i%40))
		want = append(want, name)
		fmt.Fprintf(&body, `,"%s":%d`, name, i)
	}
	for range 3 {
		var got []string
		err := wire.Decode([]byte("{"+body.String()[1:]+"}"), func(r *wire.Reader) { got = slices.Collect(r.Object()) })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
}
