package wire_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/wire"
)

func TestErrorSaysWhere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		read func(*wire.Reader)
		want wire.Error
	}{
		"the document": {
			` "x"`, func(r *wire.Reader) { r.Int() },
			wire.Error{Offset: 1, Reason: "expected an integer, found a string"},
		},
		"a member of an element": {
			`[{}, {"a~/b" : "x"}]`, func(r *wire.Reader) {
				for range r.Array(2) {
					for range r.Object() {
						r.Int()
					}
				}
			},
			wire.Error{Offset: 15, Path: "/1/a~0~1b", Reason: "expected an integer, found a string"},
		},
		"a second element": {
			`[1, "x"]`, func(r *wire.Reader) {
				for range r.Array(2) {
					r.Int()
				}
			},
			wire.Error{Offset: 4, Path: "/1", Reason: "expected an integer, found a string"},
		},
		"bad syntax in what is skipped": {
			`{"a":{"b":[1,x]}}`, func(r *wire.Reader) {
				for range r.Object() {
					r.Skip()
				}
			},
			wire.Error{Offset: 13, Path: "/a", Reason: "invalid JSON"},
		},
		"a missing member": {
			`[{"a":1}]`, func(r *wire.Reader) {
				for range r.Array(1) {
					for range r.Object() {
						r.Skip()
					}
					r.Require("a", true)
					r.Require("id", false)
				}
			},
			wire.Error{Offset: 8, Path: "/0", Reason: "no member id"},
		},
		"the caller's reason, once": {
			`{"a":1,"b":2}`, func(r *wire.Reader) {
				for range r.Object() {
					r.Int()
					r.Fail(strings.Repeat("é", 300))
				}
				r.Fail("later")
			},
			wire.Error{Offset: 6, Path: "/a", Reason: strings.Repeat("é", 200) + "…"},
		},
		"long names and a long way": {
			`{"` + strings.Repeat("n", 99) + `":[[[[[[[[[true]]]]]]]]]}`, func(r *wire.Reader) {
				for range r.Object() {
					intInArrays(r, 9)
				}
			},
			wire.Error{
				Offset: 112, Path: "/" + strings.Repeat("n", 40) + "…/0/0/0/0/0/0/0/…",
				Reason: "expected an integer, found a boolean",
			},
		},
		"a value that is read twice": {
			`{"a":1,"b":2}`, func(r *wire.Reader) {
				for range r.Object() {
					r.Int()
					r.Int()
				}
			},
			wire.Error{Offset: 6, Path: "/a", Reason: "no value here: it was read before"},
		},
		"a read behind the end": {
			`{}`, func(r *wire.Reader) {
				r.Skip()
				r.Null()
			},
			wire.Error{Offset: 2, Reason: "no value here: it was read before"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := wire.Decode([]byte(test.body), test.read)
			var got *wire.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want a *wire.Error", err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func intInArrays(r *wire.Reader, depth int) {
	if depth == 0 {
		r.Int()
		return
	}
	for range r.Array(1) {
		intInArrays(r, depth-1)
	}
}

func TestErrorLineIsOneLine(t *testing.T) {
	t.Parallel()
	err := wire.Decode([]byte("{\"a\\n\xff\":1}"), func(r *wire.Reader) {
		for range r.Object() {
			r.Text()
		}
	})
	want := "json at \"/a\\n\ufffd\", offset 8: expected a string, found a number"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestFirstErrorSticks(t *testing.T) {
	t.Parallel()
	var loops int
	err := wire.Decode([]byte(`["x",1,{"a":2}]`), func(r *wire.Reader) {
		if r.Err() != nil {
			t.Error("an error before any read")
		}
		for range r.Array(3) {
			loops++
			r.Int()
			if r.Err() == nil {
				t.Error("no error after a wrong read")
			}
			if r.Int() != 0 || r.Text() != "" || r.Number() != "" || !r.ID().IsZero() || r.Null() ||
				r.OptionalText() != nil || r.OptionalInt() != nil || r.OptionalNumber() != nil {
				t.Error("a read after an error returned something")
			}
			for range r.Object() {
				t.Error("a loop after an error")
			}
			for range r.Array(1) {
				t.Error("a loop after an error")
			}
			r.Skip()
			r.Require("id", false)
		}
	})
	want := `json at "/0", offset 1: expected an integer, found a string`
	if err == nil || err.Error() != want || loops != 1 {
		t.Errorf("got  %v after %d rounds\nwant %s", err, loops, want)
	}
}
