package strangler

import (
	"strings"
	"sync"
)

// safeText is a text that many may write to.
type safeText struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds to it.
func (s *safeText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.text.Write(p)
}

// String is all of it.
func (s *safeText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.text.String()
}
