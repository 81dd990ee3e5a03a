package workload_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"reflect"
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
		workload.Products(), workload.WebOrders(), workload.PostsA(), workload.PostsB(), workload.PostsC(),
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

func sameForAll(w *workload.Workload) bool { return reflect.DeepEqual(w.Want(41), w.Want(42)) }

func hasMark(w *workload.Workload) bool { return w.Mark(41) != w.Mark(42) }

func TestAnotherUsersAnswerFails(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		if sameForAll(w) {
			continue
		}

		if a := right(t, w, 42); w.Verify(41, a) == nil || (hasMark(w) && w.Glance(41, a) == nil) {
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

		if err := w.VerifyValues(41, rounded); err != nil {
			t.Errorf("%s: 99.9 is not the value 99.90: %v", w.Name, err)
		}
	}
}

func TestCallIsForItsUser(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		call := w.Call(41)
		if !strings.Contains(call.Path+call.Body, stub.UserID(41)) && w.Target != "posts" {
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

func TestGauge(t *testing.T) {
	t.Parallel()

	for _, w := range all() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()

			// Whoever is asked may set blanks as they like, always the same ones.
			spaced := func(n int) load.Answer {
				a := right(t, w, n)
				a.Body = append(a.Body, " \n"...)

				return a
			}

			gauge, err := w.Gauge(spaced(0), w.Right)
			if err != nil {
				t.Fatal(err)
			}

			for _, n := range []int{0, 8, 9, 98, 99, 9_999, 123_456} {
				if err := gauge.Check(n, spaced(n)); err != nil {
					t.Errorf("user %d: %v", n, err)
				}
			}

			shorter, failed := spaced(41), spaced(41)
			shorter.Body = shorter.Body[1:]
			failed.Status = http.StatusServiceUnavailable

			for _, a := range []load.Answer{shorter, failed} {
				if gauge.Check(41, a) == nil {
					t.Errorf("%d with %d bytes passes", a.Status, len(a.Body))
				}
			}

			if gauge.Check(41, spaced(42)) == nil && hasMark(w) {
				t.Error("another user's answer passes")
			}
		})
	}
}

func TestGaugeOfRoundedNumbers(t *testing.T) {
	t.Parallel()

	w := workload.WebOrders()

	gauge, err := w.Gauge(right(t, w, 0), w.RightValues)
	if err != nil {
		t.Fatal(err)
	}

	first, err := w.RightValues(0)
	if err != nil {
		t.Fatal(err)
	}

	for _, n := range []int{8, 41, 9_999} {
		body, err := w.RightValues(n)
		if err != nil {
			t.Fatal(err)
		}

		// As much longer than those of the first user.
		body = append(body, bytes.Repeat([]byte(" "), len(right(t, w, 0).Body)-len(first))...)

		if err = gauge.Check(n, load.Answer{Status: http.StatusOK, Body: body}); err != nil {
			t.Errorf("user %d: %v", n, err)
		}
	}
}

func TestGaugeStandsOnARightAnswer(t *testing.T) {
	t.Parallel()

	a := right(t, workload.Mobile(), 0)
	a.Status = http.StatusServiceUnavailable

	if _, err := workload.Mobile().Gauge(a, workload.Mobile().Right); err == nil {
		t.Error("a failure is taken for the measure")
	}
}

func TestTagsAreAskedFor(t *testing.T) {
	t.Parallel()

	w, tags := workload.Mobile(), make(workload.Tags, 2)

	if err := tags.Learn(1, load.Answer{Status: http.StatusOK, Header: load.Header("Etag: \"x\"\n")}); err != nil {
		t.Error(err)
	}

	if tags.Learn(0, load.Answer{Status: http.StatusOK}) == nil {
		t.Error("no tag is taken for one")
	}

	call := tags.Call(w, 1)
	if call.Path != w.Call(1).Path || !slices.Contains(call.Header, `If-None-Match: "x"`) {
		t.Errorf("the call is %+v", call)
	}

	if err := tags.Check(1, load.Answer{Status: http.StatusNotModified}); err != nil {
		t.Error(err)
	}

	if tags.Check(1, load.Answer{Status: http.StatusOK}) == nil {
		t.Error("a whole answer passes")
	}
}
