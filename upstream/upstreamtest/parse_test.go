package upstreamtest_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"storefront/upstream/upstreamtest"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]upstreamtest.Fault{
		"hang":            upstreamtest.Hang(),
		" latency:300ms ": upstreamtest.Latency(300 * time.Millisecond),
		"latency:60s":     upstreamtest.Latency(time.Minute),
		"slow-drip:0s":    upstreamtest.SlowDrip(0),
		"status:503":      upstreamtest.Status(503),
		"status:429 retry-after:2s first:3 on:/products?ids after:50ms": upstreamtest.Status(429).
			RetryAfter(2 * time.Second).First(3).On("/products?ids").After(50 * time.Millisecond),
		"latency:40ms p99:400ms":              upstreamtest.LatencySpread(40*time.Millisecond, 400*time.Millisecond),
		"latency:1s p99:1s":                   upstreamtest.LatencySpread(time.Second, time.Second),
		"hang share:0.2 seed:7":               upstreamtest.Hang().Share(0.2).Seed(7),
		"hang share:1":                        upstreamtest.Hang().Share(1),
		"hang share:1e-9":                     upstreamtest.Hang().Share(1e-9),
		"hang seed:18446744073709551615":      upstreamtest.Hang().Seed(1<<64 - 1),
		"stale-keepalive first:1 on:/orders/": upstreamtest.StaleKeepalive().First(1).On("/orders/"),
	} {
		got, err := upstreamtest.Parse(text)
		if err != nil || got != want {
			t.Errorf("Parse(%q) is %v, error %v", text, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                               "no fault named, allowed are [deep-nesting",
		"hangs":                          `unknown fault "hangs"`,
		"Hang":                           "unknown fault",
		"hang:1s":                        `it takes no "1s"`,
		"latency":                        "invalid duration",
		"latency:300":                    "missing unit",
		"latency:-1s":                    "times must be",
		"latency:61m":                    "times must be",
		"status:ok":                      "invalid syntax",
		"status:99":                      "must be 200 to 599",
		"status:600":                     "must be 200 to 599",
		"hang first":                     "want key:value",
		"hang first:-1":                  "first must be",
		"hang first:1000001":             "first must be",
		"hang first:1 first:2":           "there twice",
		"hang after:2h":                  "times must be",
		"hang share:0":                   "share must be above 0 and at most 1",
		"hang share:-0.1":                "share must be",
		"hang share:1.1":                 "share must be",
		"hang share:NaN":                 "share must be",
		"hang share:half":                "invalid syntax",
		"hang seed:-1":                   "invalid syntax",
		"hang seed:18446744073709551616": "out of range",
		"hang p99:1s":                    "p99 is for a latency",
		"slow-drip:1ms p99:1s":           "p99 is for a latency",
		"latency:0s p99:1s":              "p99 is for a latency",
		"latency:2s p99:1s":              "p99 is for a latency",
		"latency:1s p99:-1s":             "p99 is for a latency",
		"latency:1s p99:2h":              "times must be",
		"hang retry-after:1500ms":        "whole seconds",
		"hang on:users":                  "must begin with /",
		"hang on:/ü":                     "visible ASCII",
		"hang on:/users?%zz":             "invalid URL escape",
		"hang on:/" + longer(200):        "at most 200",
		"hang sometimes:1":               `unknown word "sometimes"`,
		"hang on:/" + longer(upToLimit):  "at most 512",
	} {
		if _, err := upstreamtest.Parse(text); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("Parse(%.40q) says %v, want %q", text, err, reason)
		}
	}
}

const upToLimit = 512

func longer(n int) string { return strings.Repeat("x", n) }

func TestFaultsInASpec(t *testing.T) {
	t.Parallel()
	var spec struct {
		Faults map[upstreamtest.Service]upstreamtest.Fault `json:"faults"`
	}
	text := `{"faults":{"product":"hang","user":"status:503 first:1"}}`
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		t.Fatal(err)
	}
	if spec.Faults[upstreamtest.Product] != upstreamtest.Hang() || spec.Faults[upstreamtest.User] != upstreamtest.Status(503).First(1) {
		t.Errorf("read as %v", spec.Faults)
	}
	if again, err := json.Marshal(spec); err != nil || string(again) != text {
		t.Errorf("written as %s, error %v", again, err)
	}
	for _, wrong := range []string{`{"faults":{"prices":"hang"}}`, `{"faults":{"product":"hangs"}}`, `{"faults":{"product":""}}`, `{"faults":{"product":1}}`} {
		if json.Unmarshal([]byte(wrong), &spec) == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

func TestMisuseInCodePanics(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	for name, misuse := range map[string]func(){
		"no fault":    func() { shop.Fail(upstreamtest.User, upstreamtest.Fault{}) },
		"bad share":   func() { shop.Fail(upstreamtest.User, upstreamtest.Hang().Share(math.NaN())) },
		"bad spread":  func() { shop.Fail(upstreamtest.User, upstreamtest.LatencySpread(2, 1)) },
		"bad status":  func() { shop.Fail(upstreamtest.User, upstreamtest.Status(99)) },
		"bad pattern": func() { shop.Fail(upstreamtest.User, upstreamtest.Hang().On("users")) },
		"bad set":     func() { shop.Set(upstreamtest.User, "users", "{}") },
		"bad service": func() { shop.Heal("prices") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s goes unnoticed", name)
				}
			}()
			misuse()
		}()
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range upstreamtest.Names() {
		f.Add(name)
		f.Add(name + ":300ms first:2")
		f.Add(name + ":300ms p99:1s share:0.25 seed:7")
		f.Add(name + ":503 on:/users/?a=b&c retry-after:2s after:1h")
	}
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := upstreamtest.Parse(text)
		if err != nil {
			if fault != (upstreamtest.Fault{}) {
				t.Errorf("%q is an error and the fault %q", text, fault)
			}
			return
		}
		again, err := upstreamtest.Parse(fault.String())
		if err != nil || again != fault {
			t.Errorf("%q is %q, which is %q, error %v", text, fault, again, err)
		}
		upstreamtest.NewGate(nil, "").Fail(fault) // must not panic
	})
}
