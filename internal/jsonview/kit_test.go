package jsonview_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"storefront/internal/wire"
)

// The views of these tests: that of the TV page, and one of all that a view may
// be made of.

type tvView struct {
	Products []tvProduct `json:"products"`

	partial
}

type tvProduct struct {
	ID      wire.ID      `json:"id"`
	Name    string       `json:"name"`
	Price   wire.Number  `json:"price"`
	ImageHD *string      `json:"image_hd"`
	Rating  *wire.Number `json:"rating"`
}

type partial struct {
	Degraded []degraded `json:"degraded,omitempty"`
}

type degraded struct {
	Section    string `json:"section"`
	AgeSeconds *int   `json:"age_seconds,omitempty"`
}

type wideView struct {
	ID      wire.ID        `json:"id"`
	Price   wire.Number    `json:"price"`
	Rating  *wire.Number   `json:"rating"`
	Specs   wire.TextMap   `json:"specs"`
	Name    string         `json:"name"`
	Image   *string        `json:"image"`
	Reviews *int64         `json:"reviews"`
	Count   int64          `json:"count"`
	Small   int8           `json:"small,omitempty"`
	Large   uint64         `json:"large"`
	Byte    byte           `json:"byte"`
	Whole   bool           `json:"whole"`
	Left    *bool          `json:"left,omitempty"`
	Both    **string       `json:"both"`
	Names   []string       `json:"names,omitempty"`
	Lists   [][]*tvProduct `json:"lists"`
	One     tvProduct      `json:"one"`
	Some    *tvView        `json:"some"`
	None    struct{}       `json:"none"`
	Named   label          `json:"named"`
	Untold  string         `json:"-"`
	Dash    string         `json:"-,"` //nolint:staticcheck // Its name is a dash.
	Plain   string
	hidden  string //nolint:unused // It is there to be left out.

	partial
	Deep

	// What is left to encoding/json.
	Map      map[string]int     `json:"map"`
	Any      any                `json:"any"`
	Time     time.Time          `json:"time"`
	Float    float64            `json:"float"`
	Bytes    []byte             `json:"bytes"`
	Number   json.Number        `json:"number"`
	Array    [2]string          `json:"array"`
	Tree     *tree              `json:"tree"`
	Upper    upper              `json:"upper"`
	Uppers   []upper            `json:"uppers"`
	Quoted   quoted             `json:"quoted"`
	Twins    twins              `json:"twins"`
	Pointers map[string]*string `json:"pointers,omitempty"`
}

type label string

// Deep is embedded, and so is what is in it.
type Deep struct {
	Depth int `json:"depth"`
	Deeper
}

// Deeper is embedded in what is embedded.
type Deeper struct {
	Text string `json:"text,omitempty"`
}

type tree struct {
	Name     string  `json:"name"`
	Branches []*tree `json:"branches"`
}

type upper string

func (u *upper) MarshalText() ([]byte, error) { return []byte(strings.ToUpper(string(*u))), nil }

type quoted struct {
	N int `json:"n,string"`
	Z int `json:"z,omitzero"`
}

type twins struct {
	Deep

	Depth string `json:"depth"`
}

// standard is what encoding/json makes of what view points at.
func standard(tb testing.TB, view any) string {
	tb.Helper()

	var out bytes.Buffer

	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)

	if err := encoder.Encode(view); err != nil {
		tb.Fatal(err)
	}

	return strings.TrimSuffix(out.String(), "\n")
}
