package workload_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"storefront/bench/internal/load"
	"storefront/bench/internal/stub"
	"storefront/bench/internal/workload"
)

func all() []*workload.Workload {
	return []*workload.Workload{
		workload.Mobile(), workload.WebREST(), workload.WebGraphQL(), workload.TV(), workload.Upstream(),
	}
}

// right is the right answer for a user, as a target would send it.
func right(t *testing.T, w *workload.Workload, n int) load.Answer {
	t.Helper()

	body, err := json.Marshal(w.Want(n))
	if err != nil {
		t.Fatal(err)
	}

	return load.Answer{Status: http.StatusOK, Body: body}
}

func packed(t *testing.T, a load.Answer) load.Answer {
	t.Helper()

	var body bytes.Buffer

	w := gzip.NewWriter(&body)
	if _, err := w.Write(a.Body); err != nil {
		t.Fatal(err)
	}

	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	return load.Answer{Status: a.Status, Header: load.Header("Content-Encoding: gzip\n"), Body: body.Bytes()}
}

func TestRightAnswersPass(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()

			for _, a := range []load.Answer{right(t, w, 41), packed(t, right(t, w, 41))} {
				if err := w.Verify(41, a); err != nil {
					t.Error(err)
				}

				if err := w.Glance(41, a); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestWrongAnswersFail(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		good := right(t, w, 41)

		with := func(old, replacement string) load.Answer {
			return load.Answer{Status: http.StatusOK, Body: []byte(strings.Replace(string(good.Body), old, replacement, 1))}
		}

		for name, a := range map[string]load.Answer{
			"another status":      {Status: http.StatusServiceUnavailable, Body: good.Body},
			"nothing":             {Status: http.StatusOK},
			"no JSON":             {Status: http.StatusOK, Body: []byte("<html>")},
			"an unknown encoding": {Status: http.StatusOK, Header: load.Header("Content-Encoding: br\n"), Body: good.Body},
			"not what it says":    {Status: http.StatusOK, Header: load.Header("Content-Encoding: gzip\n"), Body: good.Body},
			"a field more":        with("{", `{"degraded":[],`),
			"errors":              with("{", `{"errors":[],`),
		} {
			t.Run(w.Name+"/"+name, func(t *testing.T) {
				t.Parallel()

				if w.Verify(41, a) == nil {
					t.Error("the full check lets it pass")
				}

				if name != "no JSON" && w.Glance(41, a) == nil {
					t.Error("the short check lets it pass")
				}
			})
		}
	}
}

func TestAnotherUsersAnswerFails(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		if w.Name == workload.TV().Name {
			continue // Its page is the same for all.
		}

		if a := right(t, w, 42); w.Verify(41, a) == nil || w.Glance(41, a) == nil {
			t.Errorf("%s: another user's answer passes", w.Name)
		}
	}
}

func TestADigitIsNotLost(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		good := right(t, w, 41)

		rounded := load.Answer{Status: http.StatusOK, Body: bytes.Replace(good.Body, []byte(`99.90`), []byte(`99.9`), 1)}
		if !bytes.Equal(rounded.Body, good.Body) && w.Verify(41, rounded) == nil {
			t.Errorf("%s: 99.9 passes for 99.90", w.Name)
		}
	}
}

func TestCallIsForItsUser(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		call := w.Call(41)
		if !strings.Contains(call.Path+call.Body, stub.UserID(41)) {
			t.Errorf("%s: %s %s does not name the user", w.Name, call.Path, call.Body)
		}

		if call.Body != "" && !json.Valid([]byte(call.Body)) {
			t.Errorf("%s: the body is no JSON: %s", w.Name, call.Body)
		}
	}
}

func TestAcceptingLeavesTheOriginalAsItIs(t *testing.T) {
	t.Parallel()

	original := workload.WebGraphQL()
	before := slices.Clone(original.Header)
	other := original.Accepting("gzip")

	if !slices.Contains(other.Call(0).Header, "Accept-Encoding: gzip") || !slices.Equal(original.Header, before) {
		t.Errorf("headers are %q, of the original %q", other.Header, original.Header)
	}

	if other.Name == original.Name {
		t.Error("both have the same name")
	}
}
