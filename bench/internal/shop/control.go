package shop

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"storefront/upstream/upstreamtest"
)

// maxFaults is the longest list of faults that is taken, in bytes.
const maxFaults = 16 << 10

// control is how the services are controlled:
//
//	PUT /faults/{service}   faults as [upstreamtest.Parse] reads them, one a line,
//	                        take the place of all that were; none heals: 204
//	GET /calls/{service}    when it was called, as a timeline: 200
func (s *Shop) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /faults/{service}", s.putFaults)
	mux.HandleFunc("GET /calls/{service}", s.getCalls)

	return mux
}

func (s *Shop) putFaults(w http.ResponseWriter, r *http.Request) {
	var service upstreamtest.Service
	if err := service.UnmarshalText([]byte(r.PathValue("service"))); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)

		return
	}

	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFaults))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)

		return
	}

	faults, err := parse(string(text)) //nolint:contextcheck // No call is made: a fault is named.
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)

		return
	}

	s.fakes.Fail(service, faults...) //nolint:contextcheck // No call is made: a fault is named.
	w.WriteHeader(http.StatusNoContent)
}

func parse(text string) (faults []upstreamtest.Fault, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}

		fault, err := upstreamtest.Parse(line)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}

		faults = append(faults, fault)
	}

	return faults, nil
}

func (s *Shop) getCalls(w http.ResponseWriter, r *http.Request) {
	calls, known := s.calls[upstreamtest.Service(r.PathValue("service"))]
	if !known {
		http.Error(w, "no such service", http.StatusNotFound)

		return
	}

	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(calls) //nolint:errchkjson // It fails where the caller has left.
}
