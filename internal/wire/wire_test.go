package wire_test

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/wire"
)

func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func TestDecodeAcceptsWhatEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"null", " \t\r\n0 \n", `""`, "-0.0e-0", "true", "[]", "{}",
		`{"a":{"b":[1,{"c":null}]},"a":2}`,
		"\"\xff\xfe\"", `"\ud800"`, "{\"\xff\":1}",
		nested(wire.MaxDepth),
	} {
		t.Run(body[:min(len(body), 20)], func(t *testing.T) {
			t.Parallel()
			if err := wire.Decode([]byte(body), (*wire.Reader).Skip); err != nil {
				t.Errorf("skipped: %v", err)
			}
			if err := wire.Decode([]byte(body), func(*wire.Reader) {}); err != nil {
				t.Errorf("left alone: %v", err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ body, want string }{
		{"", "json at offset 0: unexpected end"},
		{" \n ", "json at offset 3: unexpected end"},
		{"\ufeff1", "json at offset 0: invalid JSON"},
		{"nul", "json at offset 3: unexpected end"},
		{"nulL", "json at offset 3: invalid JSON"},
		{"01", "json at offset 1: more after the end of the value"},
		{"1 2", "json at offset 2: more after the end of the value"},
		{"1,2", "json at offset 2: more after the end of the value"},
		{"{}]", "json at offset 2: more after the end of the value"},
		{"]", "json at offset 0: invalid JSON"},
		{",1", "json at offset 0: invalid JSON"},
		{"[1,]", "json at offset 2: invalid JSON"},
		{"[1 2]", "json at offset 3: invalid JSON"},
		{"[1", "json at offset 2: unexpected end"},
		{"[1}", "json at offset 2: invalid JSON"},
		{`{"a"}`, "json at offset 4: invalid JSON"},
		{`{"a":}`, "json at offset 5: invalid JSON"},
		{`{"a":1,}`, "json at offset 6: invalid JSON"},
		{`{a:1}`, "json at offset 1: invalid JSON"},
		{`{1:1}`, "json at offset 1: invalid JSON"},
		{`{"a":1`, "json at offset 6: unexpected end"},
		{"\"a\nb\"", "json at offset 2: invalid JSON"},
		{`"\x"`, "json at offset 1: invalid JSON"},
		{`"secret`, "json at offset 7: unexpected end"},
		{"+1", "json at offset 0: invalid JSON"},
		{"1.", "json at offset 0: unexpected end"},
		{"NaN", "json at offset 0: invalid JSON"},
		{nested(wire.MaxDepth + 1), "json at offset 1000: nested too deep"},
	}
	for _, test := range tests {
		t.Run(test.body[:min(len(test.body), 20)], func(t *testing.T) {
			t.Parallel()
			err := wire.Decode([]byte(test.body), (*wire.Reader).Skip)
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// walk reads a document by its structure instead of skipping it.
func walk(r *wire.Reader) {
	for range r.Array(1) {
		for range r.Object() {
			walk(r)
		}
	}
}

func TestDepthCountsWhatIsReadAndWhatIsSkipped(t *testing.T) {
	t.Parallel()
	deep := func(levels int) []byte {
		return []byte(strings.Repeat(`[{"a":`, levels) + "[]" + strings.Repeat("}]", levels))
	}
	if err := wire.Decode(deep(499), walk); err != nil {
		t.Errorf("999 levels: %v", err)
	}
	err := wire.Decode(deep(500), walk)
	want := `json at "/0/a/0/a/0/a/0/a/…", offset 3000: nested too deep`
	if err == nil || err.Error() != want {
		t.Errorf("1001 levels:\ngot  %v\nwant %s", err, want)
	}
}

func TestNothingRefersToTheBody(t *testing.T) {
	t.Parallel()
	body := catalogue(3)
	original := bytes.Clone(body)
	read := func(body []byte) (products []product) {
		err := wire.Decode(body, func(r *wire.Reader) { products = readProducts(r, 3, readProduct) })
		if err != nil {
			t.Fatal(err)
		}
		return products
	}
	got := read(body)
	if !bytes.Equal(body, original) {
		t.Error("the body was written to")
	}
	for i := range body {
		body[i] = 'x'
	}
	if diff := cmp.Diff(read(original), got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeInDecodeAndSideBySide(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			outer := []byte(`{"n":` + strconv.Itoa(i) + `,"text":"[` + strconv.Itoa(i) + `]"}`)
			var n, inner int64
			err := wire.Decode(outer, func(r *wire.Reader) {
				for key := range r.Object() {
					if key == "n" {
						n = r.Int()
						continue
					}
					if err := wire.Decode([]byte(r.Text()), func(r *wire.Reader) {
						for range r.Array(1) {
							inner = r.Int()
						}
					}); err != nil {
						r.Fail("the inner document is broken")
					}
				}
			})
			if err != nil || n != int64(i) || inner != int64(i) {
				t.Errorf("got %d, %d, %v, want %d twice", n, inner, err, i)
			}
		})
	}
	group.Wait()
}

func TestPanicInReadPassesAndSpoilsNothing(t *testing.T) {
	t.Parallel()
	func() {
		defer func() {
			if recover() != "stop" {
				t.Error("the panic did not come through")
			}
		}()
		_ = wire.Decode([]byte(`[1]`), func(r *wire.Reader) {
			for range r.Array(1) {
				panic("stop")
			}
		})
	}()
	if err := wire.Decode([]byte(`[1]`), (*wire.Reader).Skip); err != nil {
		t.Error(err)
	}
}
