package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"storefront/internal/wire"
)

func TestWrittenAsTheyCame(t *testing.T) {
	t.Parallel()
	var nothing struct {
		ID     wire.ID     `json:"id,omitzero"`
		Number wire.Number `json:"number,omitzero"`
	}
	tests := []struct {
		value any
		want  string
	}{
		{wire.Number("999.90"), "999.90"},
		{wire.Number("-0"), "-0"},
		{wire.Number("1E+05"), "1E+05"},
		{wire.Number(""), "null"},
		{wire.ID{Text: "prod_1"}, `"prod_1"`},
		{wire.ID{Text: "7"}, `"7"`},
		{wire.ID{Text: "7", Integer: true}, "7"},
		{wire.ID{Text: "-0", Integer: true}, "-0"},
		{wire.ID{Text: "a\"\\\né<"}, `"a\"\\\né<"`},
		{wire.ID{}, "null"},
		{nothing, "{}"},
	}
	for _, test := range tests {
		var got bytes.Buffer
		encoder := json.NewEncoder(&got)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(test.value); err != nil || got.String() != test.want+"\n" {
			t.Errorf("%#v: got %s, %v, want %s", test.value, got.String(), err, test.want)
		}
	}
}

func TestOnlyNumbersAreWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"-", "+1", "01", "-01", ".5", "1.", "1.e1", "1e", "1e+", "1e+-1", "1 ", " 1", "0x1",
		"1_0", "NaN", "null", "true", `"1"`, "1,2", "1\n", "١",
	} {
		if got, err := wire.Number(text).MarshalJSON(); err == nil {
			t.Errorf("Number(%q) was written as %s", text, got)
		}
	}
	for _, id := range []wire.ID{
		{Text: "x", Integer: true},
		{Text: "1.0", Integer: true},
		{Text: "1e3", Integer: true},
		{Text: "1}", Integer: true},
		{Integer: true},
		{Text: strings.Repeat("1", wire.MaxID+1), Integer: true},
		{Text: strings.Repeat("x", wire.MaxID+1)},
		{Text: "\xff"},
	} {
		if got, err := id.MarshalJSON(); err == nil {
			t.Errorf("%#v was written as %s", id, got)
		}
	}
}

func TestPrinted(t *testing.T) {
	t.Parallel()
	id, number := wire.ID{Text: "7", Integer: true}, wire.Number("0.10")
	if got := fmt.Sprintf("%v %v", id, number); got != "7 0.10" {
		t.Error(got)
	}
	if id.IsZero() || number.IsZero() || wire.Number("0").IsZero() {
		t.Error("taken for absent")
	}
}
