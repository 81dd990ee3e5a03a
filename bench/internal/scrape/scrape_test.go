package scrape_test

import (
	"strings"
	"testing"

	"storefront/bench/internal/scrape"
)

const text = `# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 42
upstream_last_good_bytes{bff="mobile"} 8.388608e+06

upstream_calls_total{bff="mobile",outcome="not ok } yet",service="user"} 7 1700000000000
upstream_call_duration_seconds_bucket{le="+Inf"} +Inf
`

func TestRead(t *testing.T) {
	t.Parallel()

	series, err := scrape.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}

	for name, want := range map[string]float64{
		`go_goroutines`:                          42,
		`upstream_last_good_bytes{bff="mobile"}`: 8 << 20,
		`upstream_calls_total{bff="mobile",outcome="not ok } yet",service="user"}`: 7,
	} {
		if got, err := series.Get(name); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", name, got, err, want)
		}
	}

	if _, err := series.Get("nothing"); err == nil {
		t.Error("a series that is not there has a value")
	}
}

func TestSumAddsUpWhatHasTheLabels(t *testing.T) {
	t.Parallel()

	series, err := scrape.Read(strings.NewReader(`hedges{bff="tv",outcome="won",service="user"} 1
hedges{bff="tv",outcome="lost",service="user"} 2
hedges{bff="tv",outcome="lost",service="users"} 4
hedges{bff="web",outcome="lost",service="user"} 8
hedges_more{bff="tv",outcome="lost",service="user"} 16
plain 32
`))
	if err != nil {
		t.Fatal(err)
	}

	for want, got := range map[float64]float64{
		3:  series.Sum("hedges", `service="user"`, `bff="tv"`),
		15: series.Sum("hedges"),
		32: series.Sum("plain"),
		0:  series.Sum("plain", `bff="tv"`),
	} {
		if got != want {
			t.Errorf("the sum is %v, want %v", got, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()

	for name, content := range map[string]string{
		"a word":           "word",
		"no value":         `name{a="b"}`,
		"no number":        "name value",
		"a page of HTML":   "<!doctype html>",
		"an endless line":  strings.Repeat("x", 1<<17),
		"more than enough": strings.Repeat("name 1\n", 3<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if _, err := scrape.Read(strings.NewReader(content)); err == nil {
				t.Error("no error")
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(text)
	f.Add("}")
	f.Add(" 1")

	f.Fuzz(func(t *testing.T, content string) {
		series, err := scrape.Read(strings.NewReader(content))
		if err != nil {
			return
		}

		for name := range series {
			if strings.TrimSpace(name) == "" {
				t.Errorf("%q holds a series without a name", content)
			}
		}
	})
}
