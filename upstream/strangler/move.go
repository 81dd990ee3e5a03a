package strangler

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

// move changes a route that still stands where the move is from: in the file,
// so that all replicas follow and a restart changes nothing, and here. It
// reports whether it did.
func (t *Table) move(m move) (bool, error) { return false, nil }
