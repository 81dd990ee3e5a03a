package chaos_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"storefront/upstream/upstreamtest/chaos"
)

// A process of its own that stands in for services, such as a benchmark's stub:
// one port for them, one for their control.
func Example() {
	stub := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") })
	control := chaos.New(chaos.Options{Log: slog.New(slog.DiscardHandler)})
	defer func() { _ = control.Close() }()
	services := httptest.NewServer(control.Before("all", stub))
	defer services.Close()
	operations := httptest.NewServer(control.Handler())
	defer operations.Close()

	ask := func(method, url, body string) {
		r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			panic(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			panic(err)
		}
		fmt.Println(response.StatusCode, strings.TrimSpace(string(text)))
	}
	ask(http.MethodGet, services.URL+"/products", "")
	ask(http.MethodPut, operations.URL+"/chaos/every", `{"preset":"down"}`)
	ask(http.MethodPut, operations.URL+"/chaos/all", `{"faults":["status:418","hang"],"seed":true}`)
	ask(http.MethodDelete, operations.URL+"/chaos/all", "")
	// Output:
	// 200 []
	// 404 Chaos stands before the services that this process embeds: all. One that runs elsewhere is not ours to break.
	// 400 The body must be {"preset": name, "seed": number} or {"faults": [text, …], "seed": number}, without a seed one is chosen: json: cannot unmarshal bool into Go struct field .seed of type uint64.
	// 200 {"service":"all","requests":0,"faults":[]}
}
