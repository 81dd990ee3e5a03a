package strangler

import (
	"encoding/json"
	"net/http"
	"time"
)

// report is what is known of the routes, for people and programs.
type report struct {
	Routes      []routeReport `json:"routes"` // in the order of the file
	GeneratedAt time.Time     `json:"generated_at"`
}

// routeReport is how one route stands.
type routeReport struct {
	Name      string      `json:"name"`
	Mode      Mode        `json:"mode"`
	Percent   int         `json:"percent"` // that the new side answers
	Paths     []pathSides `json:"paths"`
	Sides     bothSides   `json:"sides"`
	Fallbacks uint64      `json:"fallbacks"`

	// What came of comparing, since Since.
	Since     time.Time `json:"since"`
	Compared  uint64    `json:"compared"` // same or different
	Different uint64    `json:"different"`
	Failed    uint64    `json:"failed"`
	Skipped   uint64    `json:"skipped"`
	DiffRatio float64   `json:"diff_ratio"` // of those compared

	LastFailure *failure `json:"last_failure,omitempty"`

	Differences []finding `json:"differences"` // the most frequent first
	Moves       []moveAt  `json:"moves"`       // the newest first
}

// pathSides is one path on both sides.
type pathSides struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// bothSides is how both sides have done in the last minute.
type bothSides struct {
	Old sideReport `json:"old"`
	New sideReport `json:"new"`
}

// sideReport is how one side has done in the last minute. Times are those of good
// answers.
type sideReport struct {
	Requests uint64  `json:"requests"`
	Failed   uint64  `json:"failed"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
}

// sidesOf are the figures of a route's sides, and how often the old one stood in
// for the new one.
func sidesOf(r *route) (both bothSides, fallbacks uint64) {
	of := r.figures.sample(figuresSpan)

	return bothSides{Old: of.Old.reported(), New: of.New.reported()}, uint64(of.Fallbacks) //nolint:gosec // It is a count.
}

func (a answers) reported() sideReport {
	return sideReport{Requests: uint64(a.Requests), Failed: uint64(a.Failed), P50: milliseconds(a.P50), P99: milliseconds(a.P99)} //nolint:gosec // They are counts.
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}

// reported are the routes in force as they stand.
func (t *Table) reported() report {
	all := t.routes.Load().all
	made := report{Routes: make([]routeReport, 0, len(all)), GeneratedAt: time.Now().UTC()}

	for _, r := range all {
		made.Routes = append(made.Routes, r.reported())
	}

	return made
}

func (r *route) reported() routeReport {
	stands := place{r.Mode, r.Percent}.reported()
	since, counts, found, moves := r.differences.summary()

	made := routeReport{
		Name: r.Name, Mode: stands.Mode, Percent: stands.Percent, Paths: []pathSides{},
		Since:    since.UTC(),
		Compared: counts[cameSame] + counts[cameDifferent], Different: counts[cameDifferent], Failed: counts[cameLost], Skipped: counts[cameSkipped],
		Differences: found, Moves: append([]moveAt{}, moves...),
	}
	made.Sides, made.Fallbacks = sidesOf(r)
	made.LastFailure = r.differences.lastFailure()

	for _, p := range r.Paths {
		made.Paths = append(made.Paths, pathSides{p.Old, p.New})
	}

	if made.Compared > 0 {
		made.DiffRatio = float64(made.Different) / float64(made.Compared)
	}

	return made
}

// report answers GET /strangler/report: how the routes stand, in JSON, or as a
// page for browsers and with ?format=html.
func (t *Table) report(w http.ResponseWriter, r *http.Request) {
	made := t.reported()

	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept")

	if wantsPage(r) {
		made.page(w)

		return
	}

	writeReport(w, made)
}

// forget answers DELETE /strangler/report: what was found is forgotten, of all
// routes, and comparing begins anew.
func (t *Table) forget(w http.ResponseWriter, _ *http.Request) {
	forgotten := 0

	for _, r := range t.routes.Load().all {
		forgotten += r.differences.forget()
	}

	w.Header().Set("Cache-Control", "no-store")
	writeReport(w, struct {
		Forgotten int `json:"forgotten"`
	}{forgotten})
}

func writeReport(w http.ResponseWriter, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // A mistake in the program.
	}

	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")

	_, _ = w.Write(body) // The operator may be gone.
}
