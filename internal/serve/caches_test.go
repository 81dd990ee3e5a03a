package serve_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	desk "storefront/internal/page"

	"storefront/internal/fresh"
	"storefront/internal/serve"
)

// entries are what GET /caches/{bff}/{kind} tells.
type entries struct {
	Entries []struct {
		Key       string   `json:"key"`
		Tags      []string `json:"tags"`
		Bytes     int      `json:"bytes"`
		Made, End time.Time
	} `json:"entries"`
}

// caching is a program of two servers whose pages are kept, each with the tags
// user:a and that of its path.
func caching(t *testing.T) *running {
	t.Helper()

	whole := func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/api/")
		desk.Whole(r.Context(), fresh.Terms{Until: time.Now().Add(time.Hour), Tags: []string{"user:a", "page:" + path}, Public: path == "public"})
		says("application/json", `{"page":{}}`)(w, r)
	}

	return start(t, func(_ context.Context, app *serve.App) error {
		for _, name := range []string{"first", "second"} {
			s := server(name, whole)
			s.Options.Reuse = []serve.Reuse{{Prefix: "/api/"}}
			app.Add(s)
		}

		app.Add(server("third", whole)) // Nothing of it is kept.

		return nil
	}, usual("CACHE_BYTES=1MiB")...)
}

// tell sends a request to the operations port, and reads JSON from it.
func (r *running) tell(method, path string, into any) *answer {
	r.t.Helper()

	got := do(r.t, r.client, method, r.urls["ops"]+path, http.NoBody)
	if got.status == http.StatusOK {
		if err := json.Unmarshal([]byte(got.text), into); err != nil {
			r.t.Errorf("%s: %v: %s", path, err, got.text)
		}

		wantHeaders(r.t, got, map[string]string{"Cache-Control": "no-store", "Content-Type": "application/json"})
	}

	return got
}

// kept are the keys of what is kept of a server's pages, in the order of their
// ends.
func (r *running) kept(bff, query string) (keys []string) {
	r.t.Helper()

	var all entries

	if got := r.tell(http.MethodGet, "/caches/"+bff+"/pages"+query, &all); got.status != http.StatusOK {
		r.t.Errorf("%s: %d %s", query, got.status, got.text)
	}

	for _, entry := range all.Entries {
		keys = append(keys, entry.Key)

		if entry.Bytes <= 0 || entry.Made.IsZero() || !entry.End.After(entry.Made) || entry.Tags[0] != "user:a" {
			r.t.Errorf("an entry is told as %+v", entry)
		}
	}

	return keys
}

func TestCachesAreSeen(t *testing.T) {
	t.Parallel()

	r := caching(t)

	for _, at := range []string{"first/api/a", "first/api/b", "first/api/a", "second/api/a", "third/api/a"} {
		name, path, _ := strings.Cut(at, "/")
		r.want(r.urls[name]+"/"+path, http.StatusOK, "page")
	}

	var all struct {
		Caches []struct {
			BFF, Kind      string
			Entries, Bytes int
		}
	}

	r.tell(http.MethodGet, "/caches", &all)

	if len(all.Caches) != 2 || all.Caches[0].BFF != "first" || all.Caches[0].Kind != "pages" || all.Caches[0].Entries != 2 ||
		all.Caches[0].Bytes <= 0 || all.Caches[1].Entries != 1 {
		t.Errorf("the caches are %+v", all.Caches)
	}

	for query, want := range map[string]int{
		"": 2, "?tag=page:a": 1, "?tag=user:a": 2, "?tag=user": 0, "?limit=1": 1, "?limit=10000": 2, "?key=x": 0,
		"?key=" + url.QueryEscape(r.kept("first", "")[0]): 1,
	} {
		if keys := r.kept("first", query); len(keys) != want {
			t.Errorf("%s tells of %q, want %d", query, keys, want)
		}
	}

	for path, status := range map[string]int{
		"/caches/third/pages": http.StatusNotFound, "/caches/first/answers": http.StatusNotFound, "/caches/x/pages": http.StatusNotFound,
		"/caches/first": http.StatusNotFound, "/caches/first/pages?limit=0": http.StatusBadRequest,
		"/caches/first/pages?limit=-1": http.StatusBadRequest, "/caches/first/pages?limit=10001": http.StatusBadRequest,
		"/caches/first/pages?limit=x": http.StatusBadRequest, "/caches/first/pages?limit=99999999999999999999": http.StatusBadRequest,
	} {
		if got := r.tell(http.MethodGet, path, nil); got.status != status {
			t.Errorf("%s: got %d %s, want %d", path, got.status, got.text, status)
		}
	}
}

func TestCachesArePurged(t *testing.T) {
	t.Parallel()

	r := caching(t)
	purge := func(query string, want int) {
		t.Helper()

		var told struct{ Purged int }

		if got := r.tell(http.MethodDelete, "/caches"+query, &told); got.status != http.StatusOK || told.Purged != want {
			t.Errorf("%s: %d %s, want %d purged", query, got.status, got.text, want)
		}
	}
	fill := func() {
		t.Helper()

		for _, name := range []string{"first", "second"} {
			for _, path := range []string{"a", "b", "public"} {
				r.want(r.urls[name]+"/api/"+path, http.StatusOK, "page")
			}
		}
	}

	fill()
	purge("?tag=page:a", 2)
	purge("?tag=page:a", 0)
	purge("?tag=page", 0)

	key := r.kept("first", "?tag=page:b")[0]
	if strings.Contains(r.kept("first", "?tag=page:public")[0], key[:10]) || key != r.kept("second", "?tag=page:b")[0] {
		t.Errorf("the key is %q", key)
	}

	purge("?key="+url.QueryEscape(key), 2)
	purge("?key="+url.QueryEscape(key), 0)
	purge("?tag=user:a", 2) // Those that are left.
	fill()
	purge("?all=true", 6)
	purge("?all=true", 0)

	for _, wrong := range []string{"", "?all=false", "?all=1", "?tag=", "?key=", "?tag=a&key=b", "?tag=a&all=true", "?x=y"} {
		fill()

		if got := r.tell(http.MethodDelete, "/caches"+wrong, nil); got.status != http.StatusBadRequest || !strings.Contains(got.text, "Exactly one") {
			t.Errorf("%q: got %d %s", wrong, got.status, got.text)
		}

		if n := len(r.kept("first", "")); n != 3 {
			t.Errorf("%q left %d pages", wrong, n)
		}
	}

	for _, method := range []string{http.MethodPost, http.MethodPut} {
		if got := r.tell(method, "/caches?all=true", nil); got.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: got %d", method, got.status)
		}
	}
}

// TestCachesAreOff: a program that is to keep nothing has its caches told, empty.
func TestCachesAreOff(t *testing.T) {
	t.Parallel()

	r := start(t, func(_ context.Context, app *serve.App) error {
		s := server("test", func(w http.ResponseWriter, r *http.Request) {
			desk.Whole(r.Context(), fresh.Terms{Until: time.Now().Add(time.Hour)})
			says("application/json", "{}")(w, r)
		})
		s.Options.Reuse = []serve.Reuse{{Prefix: "/api/"}}
		app.Add(s)

		return nil
	}, usual("CACHE_BYTES=0")...)

	r.want(r.urls["test"]+"/api/a", http.StatusOK, "{}")
	r.want(r.urls["ops"]+"/caches", http.StatusOK, `{"bff":"test","kind":"pages","entries":0,"bytes":0}`)
	r.want(r.urls["ops"]+"/caches/test/pages", http.StatusOK, `{"entries":[]}`)

	if keys := r.kept("test", ""); len(keys) != 0 {
		t.Errorf("kept are %q", keys)
	}
}
