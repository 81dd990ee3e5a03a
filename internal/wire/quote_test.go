package wire_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"storefront/internal/wire"
)

// hostileTexts are texts that need care where they are quoted.
func hostileTexts() []string {
	return []string{
		"", "a", "Galaxy Ultra", "<a href=\"x\">&amp;</a>", "\x00\x01\x1f\x20\x7f", "\b\f\n\r\t\\/\"",
		"\xff", "é\xc3", "\xed\xa0\x80", "line\u2028and\u2029paragraph", "\ufffd😀", strings.Repeat("abcdefg", 5) + "\n",
		strings.Repeat("é", 20), "12345678\"", "1234567\\", "\xe2\x80", "\xe2\x80\xa8",
	}
}

// written is what encoding/json makes of a value when it leaves HTML alone.
func written(t *testing.T, value any) string {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func TestAppendText(t *testing.T) {
	t.Parallel()
	for _, text := range hostileTexts() {
		if got, want := string(wire.AppendText([]byte("x:"), text)), "x:"+written(t, text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// FuzzAppendText holds what is quoted against encoding/json.
func FuzzAppendText(f *testing.F) {
	for _, text := range hostileTexts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, "1234567" + text + "12345678", strings.Repeat(text, 3)} {
			if got, want := string(wire.AppendText(nil, text)), written(t, text); got != want {
				t.Errorf("%q: got %s, want %s", text, got, want)
			}
		}
	})
}

// Whoever appends need not make room first, and what was there stays.
func TestAppendJSON(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]interface {
		AppendJSON(dst []byte) ([]byte, error)
	}{
		"[7":              wire.ID{Text: "7", Integer: true},
		`["a\u2028"`:      wire.ID{Text: "a\u2028"},
		"[null":           wire.ID{},
		"[0.10":           wire.Number("0.10"),
		`[{"a":"\ufffd"}`: wire.TextMap{{Name: "a", Value: "\xff"}},
	} {
		got, err := value.AppendJSON([]byte("["))
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
