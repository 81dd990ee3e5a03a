package strangler

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

// header stands above a file that was made here.
const header = "# Routes of the strangler: see docs/architecture.md. Programs change mode and percent in place.\n"

// render writes a file anew.
func render(f File, asJSON bool) ([]byte, error) {
	if asJSON {
		data, err := json.MarshalIndent(f, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("write routes as JSON: %w", err)
		}

		return append(data, '\n'), nil
	}

	data, err := yaml.MarshalWithOptions(f, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("write routes as YAML: %w", err)
	}

	return append([]byte(header), data...), nil
}

// MarshalYAML makes a path that is the old one alone a text.
func (p Path) MarshalYAML() (any, error) {
	if p == (Path{Old: p.Old}) {
		return p.Old, nil
	}

	type whole Path

	return whole(p), nil
}

// MarshalJSON writes the time as text.
func (r Ramp) MarshalJSON() ([]byte, error) {
	type rest Ramp

	data, err := json.Marshal(struct {
		rest

		Every string `json:"every"`
	}{rest(r), shortTime(r.Every)})
	if err != nil {
		return nil, fmt.Errorf("write a ramp: %w", err)
	}

	return data, nil
}

// MarshalYAML writes the time as text.
func (r Ramp) MarshalYAML() (any, error) {
	type rest Ramp

	return struct {
		Every string `yaml:"every"`
		rest  `yaml:",inline"`
	}{shortTime(r.Every), rest(r)}, nil
}

// shortTime is 10m and not 10m0s.
func shortTime(d time.Duration) string {
	switch {
	case d != 0 && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d != 0 && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	default:
		return d.String()
	}
}
