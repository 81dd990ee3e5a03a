package strangler

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newReported is a table of one route with a bit of everything.
func newReported(t *testing.T) *Table {
	t.Helper()

	c := newComparing(t, Compare{})
	c.route.Mode, c.route.Percent = ModePercent, 25
	c.route.differences.moved(move{From: place{Mode: ModeShadow}, To: place{ModePercent, 25}, By: "operator", Because: "looks <b>good</b>"})

	for range 3 {
		c.ask(Reply{Status: 200, Body: []byte(`{"n":10}`)}, newSays(200, `{"n":10}`))
	}

	c.offer(comparison{
		route: c.route, target: "/users/user_42", pattern: "/users/{id}", id: `<script>alert("x")</script>`,
		old: Reply{Status: 200, Body: []byte(`{"<b>":"Jane <i>","n":10}`)}, peek: newSays(200, `{"<b>":"<i>Jane","n":10.5}`),
	})
	c.ask(Reply{Status: 200}, newSays(500, ""))
	c.ask(Reply{Status: 304}, newSays(200, ""))
	synctest.Wait()

	table := &Table{shadows: c.shadows}
	table.routes.Store(&routes{all: []*route{c.route}})

	return table
}

func getReport(table *Table, target, accept string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}

	table.report(w, r)

	return w
}

func TestReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const now = "2000-01-01T00:00:00Z"

		table := newReported(t)
		w := getReport(table, "/strangler/report", "*/*")

		if got := w.Header().Get("Content-Type"); got != "application/json" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Vary") != "Accept" {
			t.Errorf("got %v", w.Header())
		}

		want := `{"generated_at":"` + now + `","routes":[{
			"name":"users","mode":"percent","percent":25,"paths":[{"old":"/api/users","new":"/users"},{"old":"/api/users/{id}","new":"/users/{id}"}],
			"sides":{"old":{"requests":0,"failed":0,"p50_ms":0,"p99_ms":0},"new":{"requests":0,"failed":0,"p50_ms":0,"p99_ms":0}},"fallbacks":0,
			"since":"` + now + `","compared":4,"different":1,"failed":1,"skipped":1,"diff_ratio":0.25,"last_failure":{"at":"` + now + `","kind":"status 500"},
			"differences":[
				{"path":"$.*","kind":"value","count":1,"first_seen":"` + now + `","last_seen":"` + now + `","examples":[
					{"old":"\"Xxxx <x>\"","new":"\"<x>Xxxx\"","request_id":"<script>alert(\"x\")</script>","path":"/users/{id}","at":"` + now + `"}]},
				{"path":"$.n","kind":"value","count":1,"first_seen":"` + now + `","last_seen":"` + now + `","examples":[
					{"old":"99","new":"99.9","delta":"+0.5","request_id":"<script>alert(\"x\")</script>","path":"/users/{id}","at":"` + now + `"}]}],
			"moves":[{"at":"` + now + `","from":{"mode":"shadow","percent":0},"to":{"mode":"percent","percent":25},"by":"operator","because":"looks <b>good</b>"}]}]}`

		if diff := cmp.Diff(decodedReport(t, want), decodedReport(t, w.Body.String())); diff != "" {
			t.Error(diff)
		}

		if strings.Contains(w.Body.String(), "user_42") || strings.Contains(w.Body.String(), "Jane") {
			t.Errorf("somebody is in %s", w.Body)
		}
	})
}

func decodedReport(t *testing.T, text string) (value any) {
	t.Helper()

	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}

	return value
}

func TestReportAsAPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newReported(t)
		time.Sleep(90 * time.Second)
		w := getReport(table, "/strangler/report", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
		body := w.Body.String()

		if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("got %v", w.Header())
		}

		for _, part := range []string{
			"percent 25 %", "/users/{id}", "3 same", "1 different, 25 %", "1 failed", "1 skipped", "$.n", "&#43;0.5", "1 min ago",
			"&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;", "$.*", "looks &lt;b&gt;good&lt;/b&gt;", `width="500"`,
		} {
			if !strings.Contains(body, part) {
				t.Errorf("the page has no %s", part)
			}
		}

		for _, part := range []string{"<script", "<b>", "<i>", "user_42", "Jane", "ZgotmplZ", " style=", "http://", "https://"} {
			if strings.Contains(body, part) {
				t.Errorf("the page has %s", part)
			}
		}

		// The policy allows the style sheet of the page, and nothing else.
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body)
		if len(style) != 2 {
			t.Fatal("no style sheet")
		}

		sum := sha256.Sum256([]byte(style[1]))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"

		if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestReportFormats(t *testing.T) {
	t.Parallel()

	table := &Table{}
	table.routes.Store(&routes{})

	tests := map[string]struct{ target, accept, want string }{
		"nothing said":     {"/strangler/report", "", "application/json"},
		"anything":         {"/strangler/report", "*/*", "application/json"},
		"both":             {"/strangler/report", "text/html, application/json", "application/json"},
		"rather a page":    {"/strangler/report", "application/json;q=0.5, text/html;q=0.9", "text/html; charset=utf-8"},
		"rather no page":   {"/strangler/report", "text/html;q=0, */*", "application/json"},
		"JSON for all":     {"/strangler/report?format=json", "text/html", "application/json"},
		"a page for all":   {"/strangler/report?format=html", "application/json", "text/html; charset=utf-8"},
		"something broken": {"/strangler/report", ";;,text/html;q=,", "application/json"},
	}

	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := getReport(table, test.target, test.accept).Header().Get("Content-Type"); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}

	if body := getReport(table, "/strangler/report", "").Body.String(); !strings.HasPrefix(body, `{"routes":[],`) {
		t.Errorf("got %s", body)
	}

	if body := getReport(table, "/strangler/report", "text/html").Body.String(); !strings.Contains(body, "There are no routes.") {
		t.Errorf("got %s", body)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newReported(t)

		time.Sleep(time.Minute)

		w := httptest.NewRecorder()
		table.forget(w, httptest.NewRequestWithContext(t.Context(), http.MethodDelete, "/strangler/report", nil))

		if got := w.Body.String(); w.Code != http.StatusOK || got != `{"forgotten":2}` {
			t.Errorf("got %d %s", w.Code, got)
		}

		r := table.reported().Routes[0]
		if r.Compared+r.Failed+r.Skipped != 0 || len(r.Differences) != 0 || len(r.Moves) != 1 || time.Since(r.Since) != 0 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()

	now := time.Now()

	for got, want := range map[string]string{
		percentOf(1, 0): "–", percentOf(1, 1_000_000): "< 0.01 %", percentOf(1, 3): "33.33 %", percentOf(0, 3): "0 %", percentOf(3, 3): "100 %", percentOf(1, 1000): "0.1 %",
		thousands(7): "7", thousands(999): "999", thousands(1_000): "1,000", thousands(1_234_567): "1,234,567",
		inMilliseconds(1.26): "1.3 ms", inMilliseconds(1234.5): "1,235 ms",
		ago(now, now): "just now", ago(now.Add(-59*time.Second), now): "59 s ago", ago(now.Add(-47*time.Hour), now): "47 h ago", ago(now.Add(-72*time.Hour), now): "3 days ago",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
