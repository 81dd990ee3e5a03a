package front_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"storefront/bench/internal/front"
	"storefront/upstream/upstreamtest"
)

const truth = `{"id":"user_1","price":1.50,"location":"Rome"}`

// newFront stands before a service that answers with the truth, or with a list at
// /list.
func newFront(t *testing.T, o front.Options) (at, control string) {
	t.Helper()

	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"truth"`)

		if r.URL.Path == "/list" {
			_, _ = io.WriteString(w, "["+truth+"]")

			return
		}

		w.Header().Set("X-Host", r.Host)
		_, _ = io.WriteString(w, truth)
	}))
	t.Cleanup(service.Close)

	var err error
	if o.To, err = url.Parse(service.URL); err != nil {
		t.Fatal(err)
	}

	f := front.New(o)
	fronts, controls := httptest.NewServer(f.Handler()), httptest.NewServer(f.Control())

	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}

		fronts.Close()
		controls.Close()
	})

	return fronts.URL, controls.URL
}

// answer is what came back, nothing where nothing did.
type answer struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, address string) answer {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := client().Do(request)
	if err != nil {
		return answer{}
	}

	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	if err = response.Body.Close(); err != nil {
		t.Fatal(err)
	}

	return answer{response.StatusCode, response.Header, string(body)}
}

func TestFrontPassesOnByTheServicesName(t *testing.T) {
	t.Parallel()

	at, _ := newFront(t, front.Options{})

	got := get(t, at+"/users/1")
	if got.body != truth || got.header.Get("ETag") != `"truth"` || "http://"+got.header.Get("X-Host") == at {
		t.Errorf("%s %v", got.body, got.header)
	}
}

// The share of lies is about what was asked for, and the same seed tells the same
// ones.
func TestFrontLiesNowAndThen(t *testing.T) {
	t.Parallel()

	const all = 400

	lies := func(seed uint64) (which []int) {
		at, _ := newFront(t, front.Options{Lie: 0.05, Field: "location", Seed: seed})

		for n := range all {
			got := get(t, at+"/users/1")
			if got.body == truth {
				continue
			}

			which = append(which, n)

			if want := `{"id":"user_1","location":"not what it was","price":1.50}`; got.body != want || got.header.Get("ETag") != "" {
				t.Errorf("got %s %v, want %s", got.body, got.header, want)
			}
		}

		return which
	}

	first, again := lies(1), lies(1)
	if len(first) < all/40 || len(first) > all/10 || len(again) != len(first) || again[0] != first[0] {
		t.Errorf("%d lies, then %d", len(first), len(again))
	}
}

func TestFrontDoesNotLieAboutWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()

	at, _ := newFront(t, front.Options{Lie: 1, Field: "location"})
	if got := get(t, at+"/list"); got.body != "["+truth+"]" {
		t.Errorf("a list became %s", got.body)
	}

	at, _ = newFront(t, front.Options{Lie: 1, Field: "town"})
	if got := get(t, at+"/users/1"); got.body != truth {
		t.Errorf("an object without the field became %s", got.body)
	}
}

func TestFrontFailsOnDemand(t *testing.T) {
	t.Parallel()

	at, control := newFront(t, front.Options{})
	remote := front.Remote(control)

	if err := remote.Fail(t.Context(), upstreamtest.Status(http.StatusServiceUnavailable)); err != nil {
		t.Fatal(err)
	}

	if got := get(t, at); got.status != http.StatusServiceUnavailable {
		t.Errorf("the status is %d", got.status)
	}

	if err := remote.Fail(t.Context(), upstreamtest.ResetBeforeHeaders()); err != nil {
		t.Fatal(err)
	}

	if got := get(t, at); got.status != 0 {
		t.Errorf("the status is %d", got.status)
	}

	if err := remote.Fail(t.Context()); err != nil {
		t.Fatal(err)
	}

	if got := get(t, at); got.body != truth {
		t.Errorf("healed it answers %s", got.body)
	}

	if err := front.Remote(control + "/elsewhere").Fail(t.Context()); err == nil {
		t.Error("a refusal is none")
	}
}
