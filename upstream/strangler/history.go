package strangler

import (
	"strings"
	"time"
)

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

// patternOf is the pattern of a route that a target of the new side is of: it can be
// told where the target, which may hold a user's id, cannot.
func patternOf(r Route, target string) string {
	path, _, _ := strings.Cut(target, "?")

	for _, p := range pathsOf(r) {
		if isOf(p.New, path) {
			return p.New
		}
	}

	return ""
}

// pathsOf are the paths of a route.
func pathsOf(r Route) []Path {
	if r.Path == nil {
		return r.Paths
	}

	return append([]Path{*r.Path}, r.Paths...)
}

// isOf reports whether a path is one of a pattern, such as /users/{id}.
func isOf(pattern, path string) bool {
	for pattern != "" && path != "" {
		var wanted, segment string

		wanted, pattern, _ = strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
		if strings.HasSuffix(wanted, "...}") {
			return true
		}

		segment, path, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if !strings.HasPrefix(wanted, "{") && wanted != segment {
			return false
		}
	}

	return pattern == "" && path == ""
}
