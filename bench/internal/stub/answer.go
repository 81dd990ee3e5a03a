package stub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// answer is a body that is sent as it is.
type answer struct {
	body   []byte
	length []string
}

func newAnswer(value any) (answer, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return answer{}, fmt.Errorf("stub: %w", err)
	}

	return answer{body: body, length: []string{strconv.Itoa(len(body))}}, nil
}

// service is what the fakes of the three services have in common.
type service struct {
	calls        atomic.Int64
	delay        time.Duration
	contentType  []string
	cacheControl []string
}

func newService(o Options) *service {
	return &service{delay: o.Delay, contentType: []string{"application/json"}, cacheControl: []string{o.CacheControl}}
}

// send counts a call and answers it after the delay.
func (s *service) send(w http.ResponseWriter, r *http.Request, a answer) {
	s.calls.Add(1)

	if !s.wait(r) {
		return // The caller has left.
	}

	// Keys in their canonical form and values that are shared: nothing is
	// allocated for them.
	h := w.Header()
	h["Content-Type"] = s.contentType
	h["Content-Length"] = a.length
	h["Cache-Control"] = s.cacheControl

	_, _ = w.Write(a.body) // It fails where the caller has left.
}

func (s *service) wait(r *http.Request) bool {
	if s.delay <= 0 {
		return true
	}

	timer := time.NewTimer(s.delay)
	defer timer.Stop()

	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
