package product

import (
	"slices"
	"strings"
	"testing"

	"storefront/services/internal/seed"
)

// TestEveryCategoryIsDrawn wants a colour and an icon of its own for each.
func TestEveryCategoryIsDrawn(t *testing.T) {
	t.Parallel()
	artist, err := newArtist()
	if err != nil {
		t.Fatal(err)
	}
	other, err := artist.draw(product{Name: "x", category: "nobody knows"}, false)
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]string{string(other): "other"}
	for _, p := range seed.Products()[:24] {
		svg, err := artist.draw(product{Name: "x", category: p.Category}, false)
		if err != nil {
			t.Fatal(err)
		}
		if same := drawn[string(svg)]; same != "" && same != p.Category {
			t.Errorf("%s looks like %s", p.Category, same)
		}
		drawn[string(svg)] = p.Category
	}
}

func TestNamesAreEscaped(t *testing.T) {
	t.Parallel()
	artist, err := newArtist()
	if err != nil {
		t.Fatal(err)
	}
	svg, err := artist.draw(product{Name: `<script>alert("&")</script>`, category: "books"}, true)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(svg), "<script") || strings.Contains(string(svg), `="<`) {
		t.Errorf("%s", svg)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"Laptop", []string{"Laptop"}},
		{"Zoë Übergröße Lampe", []string{"Zoë", "Übergröße", "Lampe"}},
		{"a b c d e f", []string{"a b c d e", "f"}},
		{"extraordinarily so", []string{"extraordinarily", "so"}},
	} {
		if got := wrap(test.text, 9); !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}
