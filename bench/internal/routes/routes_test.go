package routes_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"storefront/bench/internal/routes"
)

func TestFileIsWrittenAsProgramsReadIt(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "routes.json")
	whole := routes.Shop(routes.Old, true)
	file := whole.Change(routes.Users, func(r *routes.Route) {
		r.Mode, r.Percent, r.Ramp = routes.Percent, 25, &routes.Ramp{Step: 5, Every: "2s", MaxErrorRatio: 0.01}
	})

	if err := file.Write(path); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(path) //nolint:gosec // Of this test.
	if err != nil {
		t.Fatal(err)
	}

	var got any
	if err = json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}

	compact, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}

	const want = `{"routes":[` +
		`{"fallback":true,"mode":"percent","name":"users","paths":["/api/users/{id}"],"percent":25,"ramp":{"every":"2s","max_error_ratio":0.01,"step":5}},` +
		`{"fallback":true,"mode":"old","name":"products","paths":["/api/products","/api/products/{id}"]},` +
		`{"fallback":true,"mode":"old","name":"orders","paths":["/api/orders","/api/orders/{id}"]}]}`
	if string(compact) != want {
		t.Errorf("got\n%s\nwant\n%s", compact, want)
	}

	if whole.Routes[0].Mode != routes.Old {
		t.Error("a change changes the routes that it is made from")
	}
}

func TestRemoteSpeaksToTheOperationsPort(t *testing.T) {
	t.Parallel()

	var asked string

	mux := http.NewServeMux()
	mux.HandleFunc("PATCH /strangler/routes/{name}", func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}

		asked = r.PathValue("name") + string(body)
	})
	mux.HandleFunc("GET /strangler/routes", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"file":"x","routes":[{"name":"orders","mode":"old"},{"name":"users","paths":[{"old":"/api/users/{id}"}],"mode":"percent","percent":25}]}`)
	})
	mux.HandleFunc("PUT /strangler/routes", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "routes[0].mode must be old", http.StatusUnprocessableEntity)
	})
	mux.HandleFunc("GET /strangler/report", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"routes":[{"name":"users","mode":"shadow","sides":{"old":{"requests":9,"failed":0},"new":{"requests":8,"failed":1}},`+
			`"fallbacks":2,"compared":8,"different":1,"differences":[{"path":"$.name","kind":"value","count":1}]}]}`)
	})

	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	remote := routes.Remote(server.URL)

	if err := remote.Move(t.Context(), "users", routes.Place{Mode: routes.Percent, Percent: 25}); err != nil {
		t.Fatal(err)
	}

	if want := `users{"mode":"percent","percent":25}` + "\n"; asked != want {
		t.Errorf("asked for %q, want %q", asked, want)
	}

	if at, err := remote.Place(t.Context(), "users"); err != nil || at != (routes.Place{Mode: routes.Percent, Percent: 25}) {
		t.Errorf("the place is %+v, %v", at, err)
	}

	if _, err := remote.Place(t.Context(), "posts"); err == nil {
		t.Error("a route that is not there has a place")
	}

	if err := remote.Put(t.Context(), routes.File{}); err == nil {
		t.Error("a refusal is none")
	}

	report, err := remote.Report(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}

	if report.Mode != routes.Shadow || report.Sides.New != (routes.Side{Requests: 8, Failed: 1}) || report.Fallbacks != 2 ||
		len(report.Differences) != 1 || report.Differences[0] != (routes.Difference{Path: "$.name", Kind: "value", Count: 1}) {
		t.Errorf("the report is %+v", report)
	}
}
