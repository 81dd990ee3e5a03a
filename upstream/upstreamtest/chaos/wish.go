package chaos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"storefront/upstream/upstreamtest"
)

// The bounds of a body.
const (
	maxBody   = 32 << 10 // bytes
	maxFaults = 32
)

// wish is what somebody wants to be set.
type wish struct {
	preset string
	seed   uint64
	faults []upstreamtest.Fault
}

// form says what a body may be.
const form = `the body must be {"preset": name, "seed": number} or {"faults": [text, …], "seed": number}, without a seed one is chosen`

// readWish reads the body of a PUT. The error is for the one who sent it.
func readWish(body io.Reader) (wish, error) {
	var sent struct {
		Preset *string  `json:"preset"`
		Faults []string `json:"faults"`
		Seed   *uint64  `json:"seed"`
	}
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&sent); err != nil {
		return wish{}, fmt.Errorf("%s: %w", form, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return wish{}, fmt.Errorf("%s: there is more behind it", form)
	}
	seed := uint64(rand.Uint32()) //nolint:gosec // It is told, and no secret; so short that people can pass it on.
	if sent.Seed != nil {
		seed = *sent.Seed
	}
	switch {
	case (sent.Preset == nil) == (sent.Faults == nil):
		return wish{}, fmt.Errorf("%s: exactly one of preset and faults must be there, allowed presets are %v", form, upstreamtest.Presets())
	case sent.Preset != nil:
		faults, err := upstreamtest.Preset(*sent.Preset, seed)
		return wish{preset: *sent.Preset, seed: seed, faults: faults}, err
	}
	faults, err := parseFaults(sent.Faults, seed)
	return wish{seed: seed, faults: faults}, err
}

// parseFaults reads faults, and gives those their seed that have none.
func parseFaults(texts []string, seed uint64) ([]upstreamtest.Fault, error) {
	if len(texts) < 1 || len(texts) > maxFaults {
		return nil, fmt.Errorf("there are %d faults, 1 to %d are allowed; DELETE heals", len(texts), maxFaults)
	}
	faults := make([]upstreamtest.Fault, len(texts))
	for i, text := range texts {
		fault, err := upstreamtest.Parse(text)
		if err != nil {
			return nil, err
		}
		if fault == fault.Seed(0) {
			fault = fault.Seed(seed)
		}
		faults[i] = fault
	}
	return faults, nil
}

// sentence makes an error one that people read.
func sentence(err error) string {
	text := strings.TrimPrefix(err.Error(), "upstreamtest: ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
