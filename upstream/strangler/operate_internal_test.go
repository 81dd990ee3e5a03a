package strangler

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

func TestShow(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersOld+"  ramp: {step: 5, every: 90s}\n")
	answer := o.ask(t, http.MethodGet, "/strangler/routes", "")
	revision := revision([]byte(o.content(t)))

	want := map[string]any{
		"file": o.file, "revision": revision,
		"shadow": map[string]any{"max_concurrent": 16.0, "max_per_second": 1000.0},
		"routes": []any{map[string]any{
			"name": "users", "mode": "old", "service": "user", "methods": []any{"GET", "HEAD"},
			"paths": []any{map[string]any{"old": "/api/users/{id}", "new": "/users/{id}", "old_query": "detail=full", "user": "id"}},
			"ramp":  map[string]any{"step": 5.0, "every": "1m30s", "max_diff_ratio": 0.001, "min_requests": 20.0},
		}},
	}

	if answer.StatusCode != http.StatusOK || answer.Header.Get("ETag") != `"`+revision+`"` || answer.Header.Get("Cache-Control") != "no-store" {
		t.Error(answer.StatusCode, answer.Header)
	}

	if diff := cmp.Diff(want, decoded(t, answer)); diff != "" {
		t.Error(diff)
	}
}

// The file's own text comes whole, and can be edited and put back.
func TestRoundTrip(t *testing.T) {
	t.Parallel()

	for name, content := range map[string]string{
		"YAML": "# mine\n" + usersOld + "  # and this\n",
		"JSON": `{ "routes": [{"path":"/api/users/{id}",  "mode": "old"}] }` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, yamlFile(t), content)

			for _, accept := range []string{"application/yaml", "text/yaml", "application/x-yaml", "text/plain, text/yaml;q=0.9, application/json;q=0.1"} {
				answer := o.ask(t, http.MethodGet, "/strangler/routes", "", "Accept", accept)

				text, err := io.ReadAll(answer.Body)
				do(t, err)

				if string(text) != content || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/yaml" || answer.Header.Get("Vary") != "Accept" {
					t.Errorf("%s: %v\n%s", accept, answer.Header, text)
				}

				edited := strings.Replace(string(text), "old", "new", 1)
				put := o.ask(t, http.MethodPut, "/strangler/routes", edited, "If-Match", answer.Header.Get("ETag"))

				if put.StatusCode != http.StatusOK || o.content(t) != edited || o.place("users") != "new" {
					t.Errorf("%d, %s in force, and the file is\n%s", put.StatusCode, o.place("users"), o.content(t))
				}

				if back := o.ask(t, http.MethodPut, "/strangler/routes", content); back.StatusCode != http.StatusOK {
					t.Error(back.Status)
				}
			}

			for _, accept := range []string{"*/*", "application/json", "application/json, text/yaml;q=0.5", "text/yaml;q=0"} {
				if answer := o.ask(t, http.MethodGet, "/strangler/routes", "", "Accept", accept); decoded(t, answer)["revision"] != revision([]byte(content)) {
					t.Errorf("%s: %v", accept, answer.Header)
				}
			}
		})
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()

	const moving = usersRoute + "  mode: percent # for now\n  percent: 25\n"

	tests := map[string]struct {
		route, body string
		header      []string
		status      int
		after       string // of the file; "": as before
		detail      string
	}{
		"in the night, with curl": {"users", `{"mode":"old"}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, usersRoute + "  mode: old # for now\n  percent: 0\n", ""},
		"a number":                {"users", `{"percent": 30}`, nil, 200, usersRoute + "  mode: percent # for now\n  percent: 30\n", ""},
		"both and more":           {"users", `{"mode":"percent","percent":1,"fallback":true}`, []string{"Content-Type", "application/merge-patch+json"}, 200, usersRoute + "  mode: percent # for now\n  fallback: true\n  percent: 1\n", ""},
		"the same":                {"users", `{"mode":"percent"}`, nil, 200, moving, ""},
		"as was seen":             {"users", `{"mode":"new"}`, []string{"If-Match", `"x", "` + revision([]byte(moving)) + `"`}, 200, usersRoute + "  mode: new # for now\n  percent: 0\n", ""},
		"as was seen before":      {"users", `{"mode":"new"}`, []string{"If-Match", `"x"`}, 412, "", "The routes have changed since: look at them again."},
		"nobody":                  {"carts", `{"mode":"new"}`, nil, 404, "", "There is no such route."},
		"a wrong mode":            {"users", `{"mode":"nwe"}`, nil, 422, "", `routes:3: routes[0].mode: must be old, shadow, percent or new, not "nwe". Nothing has changed.`},
		"a mode that is more":     {"users", `{"mode":"old\n  fallback: true"}`, nil, 422, "", ""},
		"a wrong number":          {"users", `{"percent":101}`, nil, 422, "", "routes:4: routes[0].percent: must be 0 to 100. Nothing has changed."},
		"a number for old":        {"users", `{"mode":"old","percent":5}`, nil, 422, "", ""},
		"nothing":                 {"users", `{}`, nil, 400, "", ""},
		"null":                    {"users", `null`, nil, 400, "", ""},
		"what may not be":         {"users", `{"service":"order"}`, nil, 400, "", ""},
		"more than one":           {"users", `{"mode":"old"}{}`, nil, 400, "", ""},
		"what cannot be seen":     {"users", "{\"mode\":\"old\u2028\"}", nil, 400, "", "The body must be"},
		"a name twice":            {"users", `{"mode":"old","mode":"new"}`, nil, 400, "", ""},
		"a name in capitals":      {"users", `{"MODE":"old"}`, nil, 400, "", ""},
		"a mark before it":        {"users", "\ufeff" + `{"percent": 30}`, nil, 200, usersRoute + "  mode: percent # for now\n  percent: 30\n", ""},
		"no JSON":                 {"users", `mode: old`, nil, 400, "", "The body must be an object with any of mode"},
		"another type":            {"users", `{"mode":"old"}`, []string{"Content-Type", "text/html"}, 415, "", ""},
		"too much":                {"users", `{"mode":"` + strings.Repeat("x", maxFile) + `"}`, nil, 413, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, yamlFile(t), moving)

			before, err := os.Stat(o.file)
			do(t, err)

			answer := o.ask(t, http.MethodPatch, "/strangler/routes/"+test.route, test.body, test.header...)
			said := decoded(t, answer)

			if detail, _ := said["detail"].(string); answer.StatusCode != test.status || !strings.HasPrefix(detail, test.detail) {
				t.Error(answer.StatusCode, said)
			}

			want := test.after
			if want == "" {
				want = moving
			}

			if got := o.content(t); got != want {
				t.Errorf("the file is\n%s", got)
			}

			if after, err := os.Stat(o.file); err != nil || os.SameFile(before, after) != (want == moving) {
				t.Error("it was written, or was not:", err)
			}

			if test.status == http.StatusOK && said["revision"] != revision([]byte(want)) {
				t.Error("the answer is not what is in force")
			}
		})
	}
}

// What is wrong with a body is found out while routes can be changed, and what
// takes long to read is not read.
func TestPutHoldsNothingUp(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersOld)

	o.change.Lock()
	defer o.change.Unlock()

	answer := o.ask(t, http.MethodPut, "/strangler/routes", "a: |"+strings.Repeat("\n ", maxFile/2-2))
	if detail, _ := decoded(t, answer)["detail"].(string); answer.StatusCode != http.StatusBadRequest || !strings.HasPrefix(detail, "routes:1: texts in blocks") {
		t.Errorf("got %d, %s", answer.StatusCode, detail)
	}
}

func TestPut(t *testing.T) {
	t.Parallel()

	const mine = "# mine\n" + usersNew

	tests := map[string]struct {
		body   string
		header []string
		status int
		detail string
	}{
		"YAML":               {mine, []string{"Content-Type", "application/yaml"}, 200, ""},
		"JSON":               {`{"routes":[{"path":"/api/users/{id}","mode":"new"}]}`, []string{"Content-Type", "application/json; charset=utf-8"}, 200, ""},
		"of no type":         {mine, nil, 200, ""},
		"as was seen":        {mine, []string{"If-Match", `"` + revision([]byte(usersOld)) + `"`}, 200, ""},
		"whatever was there": {mine, []string{"If-Match", "*"}, 200, ""},
		"as was seen before": {mine, []string{"If-Match", `"x"`}, 412, "The routes have changed"},
		"not YAML":           {"a: [", nil, 400, "routes:1: sequence end token ']' not found. Nothing has changed."},
		"nothing":            {"", nil, 400, "routes: is empty. Nothing has changed."},
		"wrong":              {usersRoute + "  mode: nwe\n", nil, 422, `routes:3: routes[0].mode: must be`},
		"too much":           {mine + strings.Repeat("#", maxFile), nil, 413, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t, yamlFile(t), usersOld)
			answer := o.ask(t, http.MethodPut, "/strangler/routes", test.body, test.header...)
			said := decoded(t, answer)

			if detail, _ := said["detail"].(string); answer.StatusCode != test.status || !strings.HasPrefix(detail, test.detail) {
				t.Error(answer.StatusCode, said)
			}

			content, place, moves := usersOld, "old", "0"
			if test.status == http.StatusOK {
				content, place, moves = test.body, "new", "1"
			}

			if o.content(t) != content || o.place("users") != place {
				t.Errorf("%s in force, and the file is\n%s", o.place("users"), o.content(t))
			}

			o.checkMetrics(t, map[string]string{`strangler_moves_total{by="operator",route="users"}`: moves})
		})
	}
}

// An operator's file comes in the place of a bad one, which a patch leaves
// alone.
func TestPutRepairs(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), usersNew)
		save(t, o.file, "half of")
		looked(1)

		if answer := o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"old"}`); answer.StatusCode != http.StatusAccepted || decoded(t, answer)["not_written"] == nil {
			t.Error("a bad file kept the operator from going back")
		}

		if o.content(t) != "half of" || o.place("users") != "old" {
			t.Error("somebody's work is gone")
		}

		if answer := o.ask(t, http.MethodPut, "/strangler/routes", usersOld); answer.StatusCode != http.StatusOK || decoded(t, answer)["file_error"] != nil {
			t.Error("the bad file is still there")
		}

		if o.content(t) != usersOld {
			t.Error("it was not written")
		}
	})
}

// The example is one, and says what the documentation says.
func TestExample(t *testing.T) {
	t.Parallel()

	const file = "../../docs/deploy/strangler.yaml"

	data, err := os.ReadFile(file)
	do(t, err)

	d, err := parse(data, map[string][]string{"user": nil, "product": nil, "order": nil})
	do(t, err)

	for _, mode := range []Mode{ModeOld, ModeShadow, ModePercent, ModeNew} {
		found := false
		for _, r := range d.whole.Routes {
			found = found || r.Mode == mode
		}

		if !found {
			t.Errorf("no route shows mode %s", mode)
		}
	}

	all := newRoutes(d.whole, Options{Metrics: benchMetrics()}, &routes{})

	for request, name := range map[string]string{"GET /": "others", "GET /api/carts/7": "others", "POST /api/users/7": "other-writes", "GET /api/users/7": "users"} {
		method, target, _ := strings.Cut(request, " ")

		if w, err := all.byOld(nil, method, target, "", http.Header{}.Get); err != nil || w.route.Name != name || name != "users" && w.side != Old {
			t.Errorf("%s: %v", request, err)
		}
	}

	architecture, err := os.ReadFile("../../docs/architecture.md")
	do(t, err)

	if !strings.Contains(string(architecture), "```yaml\n"+string(data)+"```") {
		t.Error("docs/architecture.md has another example than " + file)
	}
}
