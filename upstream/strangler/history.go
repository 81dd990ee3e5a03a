package strangler

import "time"

// maxMoves is how many moves of a route are kept.
const maxMoves = 20

// history are the last moves of a route, the newest first.
type history []moveAt

// moveAt is a move and when it was.
type moveAt struct {
	At      time.Time `json:"at"`
	From    placeAt   `json:"from"`
	To      placeAt   `json:"to"`
	By      string    `json:"by"`
	Because string    `json:"because"`
}

// placeAt is a place as it is reported.
type placeAt struct {
	Mode    Mode `json:"mode"`
	Percent int  `json:"percent"` // that the new side answers
}

func (h *history) add(m move, at time.Time) {
	kept := (*h)[:min(len(*h), maxMoves-1)]
	*h = append(history{{At: at, From: m.From.reported(), To: m.To.reported(), By: m.By, Because: m.Because}}, kept...)
}

func (p place) reported() placeAt {
	const all = 100

	switch p.Mode {
	case ModeNew:
		p.Percent = all
	case ModeOld, ModeShadow:
		p.Percent = 0
	case ModePercent:
	}

	return placeAt(p)
}
