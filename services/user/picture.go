package user

import (
	"bytes"
	_ "embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"strings"
	"unicode/utf8"
)

//go:embed picture.svg
var drawing string

// artist draws the profile pictures.
type artist struct{ drawing *template.Template }

func newArtist() (artist, error) {
	parsed, err := template.New("picture").Parse(drawing)
	if err != nil {
		return artist{}, fmt.Errorf("read the drawing: %w", err)
	}
	return artist{parsed}, nil
}

// draw puts a user's initials on a colour of their own, as SVG.
func (a artist) draw(u user) ([]byte, error) {
	var svg bytes.Buffer
	err := a.drawing.Execute(&svg, map[string]any{"Name": u.Name, "Initials": initials(u.Name), "Hue": hue(u.ID)})
	if err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return svg.Bytes(), nil
}

// initials are the first letters of the first and the last word.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	if len(words) == 1 {
		return string(first)
	}
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return string(first) + string(last)
}

// hue is the angle on the colour wheel, 0 to 359, that always belongs to an id.
func hue(id string) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id)) // a hash takes everything
	const circle = 360
	return int(sum.Sum32() % circle)
}
