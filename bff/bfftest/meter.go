package bfftest

import (
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"storefront/internal/fanout"
)

// meter is a transport that counts the calls of one request, and sees which of
// them wait for others. Each takes some virtual time, so that what ends before
// something else starts is known from what runs beside it.
type meter struct {
	next http.RoundTripper

	mu    sync.Mutex
	calls []*call
}

// call is one upstream call; its end is zero while it is under way.
type call struct{ start, end time.Time }

// RoundTrip sends a request.
func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	const least = time.Millisecond

	one := &call{start: time.Now()}

	m.mu.Lock()
	m.calls = append(m.calls, one)
	m.mu.Unlock()

	select {
	case <-time.After(least):
	case <-r.Context().Done():
	}

	answer, err := m.next.RoundTrip(r)
	if err != nil {
		m.ended(one)

		return nil, err
	}

	answer.Body = &metered{ReadCloser: answer.Body, closed: func() { m.ended(one) }}

	return answer, nil
}

func (m *meter) ended(one *call) {
	m.mu.Lock()
	defer m.mu.Unlock()

	one.end = time.Now()
}

// take returns what was measured since it was last called.
func (m *meter) take() fanout.Bound {
	m.mu.Lock()
	defer m.mu.Unlock()

	calls := m.calls
	m.calls = nil

	return fanout.Bound{Calls: len(calls), Waves: longest(calls)}
}

// longest is the length of the longest chain of calls each of which started
// when the one before was over.
func longest(calls []*call) (waves int) {
	slices.SortStableFunc(calls, func(a, b *call) int { return a.start.Compare(b.start) })

	wave := make([]int, len(calls))

	for i, one := range calls {
		wave[i] = 1

		for j, before := range calls[:i] {
			if !before.end.IsZero() && !before.end.After(one.start) {
				wave[i] = max(wave[i], wave[j]+1)
			}
		}

		waves = max(waves, wave[i])
	}

	return waves
}

// metered is the body of an answer.
type metered struct {
	io.ReadCloser

	closed func()
}

// Close ends the call.
func (m *metered) Close() error {
	defer m.closed()

	return m.ReadCloser.Close()
}
