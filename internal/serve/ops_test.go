package serve_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"storefront/internal/serve"
)

// A program adds routes to the operations port: they pass its pipe, are counted
// by their pattern, and its table says where they begin.
func TestOpsRoutesOfAProgram(t *testing.T) {
	t.Parallel()

	r := start(t, func(_ context.Context, app *serve.App) error {
		app.Ops("GET /extra", func(w http.ResponseWriter, r *http.Request) { says("text/plain", "all")(w, r) })
		app.Ops("PUT /extra/{thing}", func(w http.ResponseWriter, r *http.Request) { says("text/plain", r.PathValue("thing"))(w, r) })
		app.Ops("GET /debug/more", says("text/plain", "more"))

		return nil
	}, usual()...)

	ops := r.urls["ops"]
	r.want(ops+"/extra", http.StatusOK, "all")
	r.want(ops+"/debug/more", http.StatusOK, "more")
	r.want(ops+"/extra/one", http.StatusMethodNotAllowed, "")
	r.want(ops+"/livez", http.StatusOK, "live")

	if got := do(t, r.client, http.MethodPut, ops+"/extra/one", http.NoBody); got.text != "one" || got.header.Get("X-Request-Id") == "" {
		t.Errorf("got %+v", got)
	}

	r.want(ops+"/metrics", http.StatusOK, `bff_requests_total{bff="ops",method="PUT",route="/extra/{thing}",status="200"} 1`)

	if table := r.out.String(); !strings.Contains(table, "/livez /readyz /metrics /caches /debug/pprof/ /extra /debug\n") {
		t.Errorf("the table is\n%s", table)
	}
}
