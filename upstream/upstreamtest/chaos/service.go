package chaos

import (
	"strings"
	"sync"
	"time"

	"storefront/upstream/upstreamtest"
)

// service is one service behind its gate.
type service struct {
	name string
	gate *upstreamtest.Gate

	mu    sync.Mutex
	state State // as it was set; Requests and Faults are the gate's to tell
	calls int   // of the gate, when it was set
}

func byName(a, b *service) int { return strings.Compare(a.name, b.name) }

// set puts faults in the place of those that were; no faults heal.
func (s *service) set(wanted wish, now time.Time) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.Fail(wanted.faults...)
	s.calls = s.gate.Calls()
	s.state = State{Preset: wanted.preset}
	if len(wanted.faults) > 0 {
		now = now.UTC()
		s.state.Seed, s.state.Since = &wanted.seed, &now
	}
	return s.told()
}

// tell says how things stand.
func (s *service) tell() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told()
}

func (s *service) told() State {
	state := s.state
	state.Service = s.name
	state.Requests = s.gate.Calls() - s.calls
	state.Faults = []Fault{}
	for _, atWork := range s.gate.AtWork() {
		state.Faults = append(state.Faults, Fault{Fault: atWork.Fault, Met: atWork.Met})
	}
	return state
}
