package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What may stand in an expected text in place of the value itself.
const (
	// anyValue is any value but null.
	anyValue = "<any>"
	// anyAge is the age of something fetched by the same test: 0 to 60.
	anyAge = "<age>"
	// likePrefix begins a regular expression that a text must match.
	likePrefix = "~"
)

// parse reads JSON with the digits of its numbers.
func parse(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()

	if err = decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("%.200q: %w", text, err)
	}

	return value, nil
}

// difference is the first place where got is not what is wanted, "" for none.
// Numbers are compared digit by digit.
func difference(path string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			return differentMember(path, want, got)
		}
	case []any:
		if got, ok := got.([]any); ok {
			return differentElement(path, want, got)
		}
	case string:
		if fits(want, got) {
			return ""
		}
	default:
		if want == got {
			return ""
		}
	}

	return fmt.Sprintf("%s is %s, want %s", path, show(got), show(want))
}

func differentMember(path string, want, got map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, found := got[name]
		if !found {
			return fmt.Sprintf("%s has no %q", path, name)
		}

		if diff := difference(path+"."+name, want[name], value); diff != "" {
			return diff
		}
	}

	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, found := want[name]; !found {
			return fmt.Sprintf("%s has %q: %s", path, name, show(got[name]))
		}
	}

	return ""
}

func differentElement(path string, want, got []any) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%s has %d elements, want %d: %s", path, len(got), len(want), show(got))
	}

	for i := range want {
		if diff := difference(fmt.Sprintf("%s[%d]", path, i), want[i], got[i]); diff != "" {
			return diff
		}
	}

	return ""
}

// fits reports whether got is the text wanted, or what that stands for.
func fits(want string, got any) bool {
	text, isText := got.(string)

	switch {
	case want == anyValue:
		return got != nil
	case want == anyAge:
		age, isNumber := got.(json.Number)

		return isNumber && regexp.MustCompile(`^([0-5]?[0-9]|60)$`).MatchString(age.String())
	case strings.HasPrefix(want, likePrefix):
		return isText && regexp.MustCompile(want[len(likePrefix):]).MatchString(text)
	default:
		return isText && text == want
	}
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}

	return string(text)
}

func TestDifference(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ want, got, diff string }{
		"same":           {`{"a":[1,"x",null,true]}`, `{"a":[1,"x",null,true]}`, ""},
		"digits":         {`{"a":999.90}`, `{"a":999.9}`, `$.a is 999.9, want 999.90`},
		"missing member": {`{"a":null}`, `{}`, `$ has no "a"`},
		"member more":    {`{}`, `{"a":null}`, `$ has "a": null`},
		"length":         {`[1,2]`, `[1]`, `$ has 1 elements, want 2: [1]`},
		"element":        {`[1,2]`, `[1,3]`, `$[1] is 3, want 2`},
		"other type":     {`{"a":1}`, `{"a":"1"}`, `$.a is "1", want 1`},
		"not null":       {`"<any>"`, `null`, `$ is null, want "\u003cany\u003e"`},
		"age":            {`"<age>"`, `59`, ""},
		"no age":         {`"<age>"`, `61`, `$ is 61, want "\u003cage\u003e"`},
		"like":           {`"~^a.c$"`, `"abc"`, ""},
		"unlike":         {`"~^a.c$"`, `"abd"`, `$ is "abd", want "~^a.c$"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			want, err := parse([]byte(test.want))
			if err != nil {
				t.Fatal(err)
			}

			got, err := parse([]byte(test.got))
			if err != nil {
				t.Fatal(err)
			}

			if diff := difference("$", want, got); diff != test.diff {
				t.Errorf("got %s\nwant %s", diff, test.diff)
			}
		})
	}
}
