package strangler

import (
	"context"
	"errors"
	"strconv"
)

// move is a change of one route.
type move struct {
	Route   string
	From    place
	To      place
	By      string // operator, file, ramp or guard
	Because string // for people
}

// place is where a route stands.
type place struct {
	Mode    Mode
	Percent int
}

// String is the mode, with the number in mode percent.
func (p place) String() string {
	if p.Mode == ModePercent {
		return string(p.Mode) + " " + strconv.Itoa(p.Percent)
	}

	return string(p.Mode)
}

// errElsewhere is a move from where a route does not stand any more.
var errElsewhere = errors.New("the route does not stand there")

// move changes a route that still stands where the move is from: in the file,
// so that all replicas follow and a restart changes nothing, and here. It
// reports whether it did. The error is one of a place where the route cannot
// stand; that a file cannot be written is none, see [Table.alter].
func (t *Table) move(m move) (bool, error) {
	err := t.alter(context.Background(), origin{m.By, m.Because}, false, func(d *document) ([]byte, error) {
		i := d.route(m.Route)
		if i < 0 || d.whole.Routes[i].place() != m.From {
			return nil, errElsewhere
		}

		return d.set(i, m.To.settings())
	})

	if errors.Is(err, errElsewhere) {
		return false, nil
	}

	return err == nil, err
}

// route is the number of a route; -1 where there is none of that name.
func (d *document) route(name string) int {
	for i := range d.whole.Routes {
		if d.whole.Routes[i].Name == name {
			return i
		}
	}

	return -1
}
