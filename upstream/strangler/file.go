package strangler

import (
	"time"

	"storefront/upstream/strangler/compare"
)

// Mode says which side answers the requests of a route.
type Mode string

// The modes.
const (
	// ModeOld has the old system answer.
	ModeOld Mode = "old"
	// ModeShadow has the old system answer, and the new one be asked beside it and
	// compared.
	ModeShadow Mode = "shadow"
	// ModePercent has the new system answer some users.
	ModePercent Mode = "percent"
	// ModeNew has the new system answer.
	ModeNew Mode = "new"
)

// File is what the routes file holds, in YAML or JSON.
type File struct {
	Routes []Route `json:"routes" yaml:"routes"`
	// Services are base URLs of new services by name, beside those that settings
	// know: user, product and order.
	Services map[string]string `json:"services,omitempty" yaml:"services,omitempty"`
	// Shadow bounds what is asked of new systems beside the answers of old ones.
	Shadow Bounds `json:"shadow,omitzero" yaml:"shadow,omitempty"`
}

// Bounds of shadow requests of one process.
type Bounds struct {
	MaxConcurrent int `json:"max_concurrent,omitempty" yaml:"max_concurrent,omitempty"` // 0: 16
	MaxPerSecond  int `json:"max_per_second,omitempty" yaml:"max_per_second,omitempty"` // 0: 1,000
}

// Route is one thing that moves from the old system to a new one.
type Route struct {
	// Name is that in metrics, logs and reports: the first word of the first path,
	// after /api, where it is not set.
	Name string `json:"name,omitempty" yaml:"name,omitempty"`
	// Path is one path, Paths are several: of the old API, such as
	// /api/users/{id}, with {name} for one segment and a last {name...} for all
	// that follow, if any.
	Path  *Path  `json:"path,omitempty"  yaml:"path,omitempty"`
	Paths []Path `json:"paths,omitempty" yaml:"paths,omitempty"`
	// Service is the new service that takes it over. Paths of the shop know theirs.
	Service string `json:"service,omitempty" yaml:"service,omitempty"`
	// Methods are those of the route, all reads (GET, which HEAD goes with, and
	// OPTIONS) or all writes: GET and HEAD where there are none.
	Methods []string `json:"methods,omitempty" yaml:"methods,omitempty"`

	Mode Mode `json:"mode" yaml:"mode"`
	// Percent of the users are answered by the new system in mode percent; it is 0
	// in others.
	Percent int `json:"percent,omitempty" yaml:"percent,omitempty"`
	// Fallback has the old system answer where the new one fails.
	Fallback bool `json:"fallback,omitempty" yaml:"fallback,omitempty"`
	// IdempotencyKey is the header that makes it safe to move unsafe methods bit
	// by bit.
	IdempotencyKey string `json:"idempotency_key,omitempty" yaml:"idempotency_key,omitempty"`
	// Compare says what makes no difference.
	Compare Compare `json:"compare,omitzero" yaml:"compare,omitempty"`
	// Ramp moves Percent up by itself.
	Ramp *Ramp `json:"ramp,omitempty" yaml:"ramp,omitempty"`
}

// Path is a path of the old API and what it is in the new one. As text it is the
// old path alone.
type Path struct {
	Old string `json:"old" yaml:"old"`
	// New is the path of the new service: the old one without /api where it is
	// not set.
	New string `json:"new,omitempty" yaml:"new,omitempty"`
	// OldQuery is added to what our own clients ask the old system, which may say
	// less than they need by itself.
	OldQuery string `json:"old_query,omitempty" yaml:"old_query,omitempty"`
	// User is the variable of the old path that names the user whose request it
	// is. Those called user and user_id do without a word, and so does that of the
	// shop's users.
	User string `json:"user,omitempty" yaml:"user,omitempty"`
}

// Compare says which differences between two answers are none. Paths are like
// $.items[*].price.
type Compare struct {
	// Ignore are paths that are not compared, with all below them.
	Ignore []string `json:"ignore,omitempty" yaml:"ignore,omitempty"`
	// Tolerance is by how much numbers may differ, by path.
	Tolerance map[string]float64 `json:"tolerance,omitempty" yaml:"tolerance,omitempty"`
	// Unordered are lists whose order means nothing.
	Unordered []string `json:"unordered,omitempty" yaml:"unordered,omitempty"`
	// Exact has members that only the new answer has be differences too. A
	// superset of the old answer is none otherwise.
	Exact bool `json:"exact,omitempty" yaml:"exact,omitempty"`
}

func (c Compare) rules() (*compare.Rules, error) {
	return compare.New(c.Ignore, c.Tolerance, c.Unordered, c.Exact)
}

// Ramp moves a route to the new system in steps for as long as its figures hold,
// and back to the old one at once when they do not.
type Ramp struct {
	Step  int           `json:"step"  yaml:"step"`  // percent
	Every time.Duration `json:"every" yaml:"every"` // as text, such as 10m
	// The most that the new system may have: the share of failed requests, the
	// share of compared answers that differ, and its 99th percentile over that of
	// the old one. 0 is not looked at. Differences are looked at unless it is said
	// that they are not, where the route reads: a new system that answers 404 to all
	// fails nobody. There nil is 0.001.
	MaxErrorRatio float64  `json:"max_error_ratio,omitempty" yaml:"max_error_ratio,omitempty"`
	MaxDiffRatio  *float64 `json:"max_diff_ratio,omitempty"  yaml:"max_diff_ratio,omitempty"`
	MaxP99Ratio   float64  `json:"max_p99_ratio,omitempty"   yaml:"max_p99_ratio,omitempty"`
	// MinRequests is how many the new system must have answered in a step before
	// the next one; 0 is 20.
	MinRequests int `json:"min_requests,omitempty" yaml:"min_requests,omitempty"`
}

// maxDiff is the share of compared answers that may differ, 0 for any.
func (r Ramp) maxDiff() float64 {
	if r.MaxDiffRatio == nil {
		return 0
	}

	return *r.MaxDiffRatio
}
