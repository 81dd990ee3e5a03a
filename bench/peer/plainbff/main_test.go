package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"storefront/bench/internal/load"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/workload"
)

// overStub starts the services and tells this process where they are.
func overStub(t *testing.T) {
	t.Helper()

	services, err := stub.New(stub.Options{Users: 100})
	if err != nil {
		t.Fatal(err)
	}

	reader, writer := io.Pipe()
	go func() { _ = services.Serve(t.Context(), writer) }()

	variables := map[string]string{"user": "USER_SERVICE_URL", "product": "PRODUCT_SERVICE_URL", "order": "ORDER_SERVICE_URL"}
	lines := bufio.NewScanner(reader)

	for left := len(variables); left > 0 && lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if variable, needed := variables[fields[0]]; needed {
			t.Setenv(variable, fields[1])

			left--
		}
	}

	go func() { _, _ = io.Copy(io.Discard, reader) }()
}

func TestPages(t *testing.T) { //nolint:paralleltest // It sets the environment.
	overStub(t)

	served := handlers()

	for _, w := range []*workload.Workload{workload.Mobile(), workload.TV(), workload.WebREST()} {
		for _, n := range []int{0, 41} {
			answer := httptest.NewRecorder()
			served[w.Target].ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, w.Call(n).Path, http.NoBody))

			if err := w.VerifyValues(n, load.Answer{Status: answer.Code, Body: answer.Body.Bytes()}); err != nil {
				t.Errorf("%s: %v", w.Name, err)
			}
		}
	}
}

func TestFailureOfAService(t *testing.T) { //nolint:paralleltest // It sets the environment.
	overStub(t)

	answer := httptest.NewRecorder()
	handlers()["mobile"].ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/dashboard/nobody", http.NoBody))

	if answer.Code != http.StatusBadGateway {
		t.Errorf("status %d: %s", answer.Code, answer.Body)
	}
}
