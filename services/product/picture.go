package product

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"
)

//go:embed picture.svg icons/*.svg
var drawings embed.FS

// hues are the categories' colours, as angles on the colour wheel. A category
// has an icon of its name, too; one that has neither yet is drawn as "other".
func hues() map[string]int {
	return map[string]int{
		"computers": 215, "phones": 262, "audio": 335, "photography": 192, "lighting": 40, "kitchen": 10,
		"furniture": 25, "books": 160, "outdoor": 105, "fitness": 355, "clothing": 295, "games": 235, "other": 210,
	}
}

// artist draws the product pictures: one drawing for each category.
type artist struct {
	hues     map[string]int
	drawings map[string]*template.Template
}

func newArtist() (artist, error) {
	a := artist{hues(), map[string]*template.Template{}}
	for category := range a.hues {
		drawing, err := template.New("picture.svg").ParseFS(drawings, "picture.svg")
		if err != nil {
			return artist{}, fmt.Errorf("read the drawing: %w", err)
		}
		icon, err := drawings.ReadFile("icons/" + category + ".svg")
		if err != nil {
			return artist{}, fmt.Errorf("read an icon: %w", err)
		}
		if _, err := drawing.New("icon").Parse(string(icon)); err != nil {
			return artist{}, fmt.Errorf("read the icon of %s: %w", category, err)
		}
		a.drawings[category] = drawing
	}
	return a, nil
}

// layout says where things stand in a picture, in pixels. Perline is how many
// characters of the name fit into a line.
type layout struct {
	Width, Height int
	Icon          struct{ X, Y, Halo, Scale int }
	Text          struct {
		X, Y, Size, PerLine int
		Anchor              string
	}
}

// square is the 400 by 400 picture: the icon above the name.
func square() layout {
	l := layout{Width: 400, Height: 400}
	l.Icon.X, l.Icon.Y, l.Icon.Halo, l.Icon.Scale = 200, 160, 118, 2
	l.Text.X, l.Text.Y, l.Text.Size, l.Text.PerLine, l.Text.Anchor = 200, 338, 24, 24, "middle"
	return l
}

// wide is the 1600 by 900 picture: the icon beside the name.
func wide() layout {
	l := layout{Width: 1600, Height: 900}
	l.Icon.X, l.Icon.Y, l.Icon.Halo, l.Icon.Scale = 440, 450, 300, 5
	l.Text.X, l.Text.Y, l.Text.Size, l.Text.PerLine, l.Text.Anchor = 820, 470, 68, 18, "start"
	return l
}

type line struct {
	Y    int
	Text string
}

// draw shows a product's name and the icon of its category, as SVG.
func (a artist) draw(p product, hd bool) ([]byte, error) {
	category := p.category
	if a.drawings[category] == nil {
		category = "other"
	}
	l := square()
	if hd {
		l = wide()
	}
	var svg bytes.Buffer
	err := a.drawings[category].Execute(&svg, struct {
		layout

		Name  string
		Hue   int
		Lines []line
	}{l, p.Name, a.hues[category], l.lines(p.Name)})
	if err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return svg.Bytes(), nil
}

// lines sets a name in lines around the height at which one line would stand.
func (l layout) lines(name string) []line {
	texts := wrap(name, l.Text.PerLine)
	spacing := l.Text.Size * 5 / 4
	top := l.Text.Y - (len(texts)-1)*spacing/2
	lines := make([]line, 0, len(texts))
	for i, text := range texts {
		lines = append(lines, line{top + i*spacing, text})
	}
	return lines
}

// wrap breaks a text between words into lines of at most width characters, if
// its words allow that.
func wrap(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}
