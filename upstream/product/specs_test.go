package product_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/wire"
	"storefront/upstream/product"
)

func specs(t *testing.T, object string) (wire.TextMap, error) {
	t.Helper()

	got, err := client(`{"id":"p","specs":`+object+`}`, product.Specification).Get(t.Context(), "p")

	return got.Of.Specs, err
}

// object is n specs, and members more.
func object(n int, members string) string {
	var b strings.Builder

	for i := range n {
		fmt.Fprintf(&b, `"name %d":"value %d",`, i, i)
	}

	return `{` + strings.TrimSuffix(b.String()+members, ",") + `}`
}

func TestSpecsInOrderOnce(t *testing.T) {
	t.Parallel()

	got, err := specs(t, `{"b":"1","a":"2","b":"3","":"","\u0061":"4"}`)
	wantKind(t, err, fault.None, "")

	if diff := cmp.Diff(wire.TextMap{{Name: "b", Value: "3"}, {Name: "a", Value: "4"}, {Name: "", Value: ""}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTooManySpecs(t *testing.T) {
	t.Parallel()

	const most = 200

	for members, want := range map[string]fault.Kind{
		"":                 fault.None,
		`"name 7":"again"`: fault.None, // no more than there were
		`"one":"more"`:     fault.InvalidResponse,
	} {
		got, err := specs(t, object(most, members))
		wantKind(t, err, want, "")

		if want == fault.None && len(got) != most {
			t.Errorf("got %d of %d", len(got), most)
		}
	}
}

func TestSpecsAsJSON(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		specs wire.TextMap
		want  string
	}{
		"none":    {nil, `null`},
		"empty":   {wire.TextMap{}, `{}`},
		"some":    {wire.TextMap{{Name: "z", Value: "1"}, {Name: "a", Value: "2"}}, `{"z":"1","a":"2"}`},
		"escapes": {wire.TextMap{{Name: "\"\n", Value: "\\\x00 é <b>"}}, `{"\"\n":"\\\u0000 é <b>"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := test.specs.MarshalJSON()
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}

			if encoded, err := json.Marshal(test.specs); err != nil || !json.Valid(encoded) {
				t.Errorf("got %s, %v", encoded, err)
			}
		})
	}
}
