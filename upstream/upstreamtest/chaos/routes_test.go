package chaos_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"storefront/upstream/upstreamtest"
	"storefront/upstream/upstreamtest/chaos"
)

func TestPresetIsSetAndHealed(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.serve(t, "order", 2)
	state := p.state(t, http.MethodPut, "/chaos/order", `{"preset":"down","seed":7}`)
	if state.Service != "order" || state.Preset != "down" || *state.Seed != 7 || state.Since == nil || state.Requests != 0 {
		t.Errorf("set, it is %+v", state)
	}
	if got := p.serve(t, "order", 3); !slices.Equal(got, []int{503, 503, 503}) {
		t.Errorf("the service answers %v", got)
	}
	if got := p.serve(t, "user", 1); got[0] != http.StatusOK {
		t.Errorf("the other service answers %v", got)
	}
	states, presets := p.states(t, http.MethodGet)
	if len(states) != 2 || states[0].Service != "order" || states[0].Requests != 3 || states[0].Faults[0].Met != 3 ||
		states[0].Faults[0].Fault != upstreamtest.Status(503).Seed(7) || states[1].Requests != 1 || len(states[1].Faults) != 0 {
		t.Errorf("the states are %+v", states)
	}
	if presets != len(upstreamtest.Presets()) {
		t.Errorf("%d presets are told", presets)
	}
	state = p.state(t, http.MethodDelete, "/chaos/order", "")
	if state.Since != nil || state.Seed != nil || state.Preset != "" || len(state.Faults) != 0 {
		t.Errorf("healed, it is %+v", state)
	}
	if got := p.serve(t, "order", 1); got[0] != http.StatusOK {
		t.Errorf("healed, the service answers %v", got)
	}
}

func TestAllAreHealed(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	for _, service := range []string{"user", "order"} {
		p.state(t, http.MethodPut, "/chaos/"+service, `{"preset":"down"}`)
	}
	states, _ := p.states(t, http.MethodDelete)
	if len(states) != 2 || len(states[0].Faults)+len(states[1].Faults) != 0 {
		t.Errorf("the states are %+v", states)
	}
	if got := slices.Concat(p.serve(t, "user", 1), p.serve(t, "order", 1)); !slices.Equal(got, []int{200, 200}) {
		t.Errorf("healed, the services answer %v", got)
	}
}

func TestFaultsAreSet(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	state := p.state(t, http.MethodPut, "/chaos/user", `{"faults":["status:500 first:2","status:502 share:0.5 seed:3"],"seed":9}`)
	want := []chaos.Fault{{Fault: upstreamtest.Status(500).First(2).Seed(9)}, {Fault: upstreamtest.Status(502).Share(0.5).Seed(3)}}
	if !slices.Equal(state.Faults, want) || state.Preset != "" || *state.Seed != 9 {
		t.Errorf("set, it is %+v", state)
	}
	if got := p.serve(t, "user", 2); !slices.Equal(got, []int{500, 500}) {
		t.Errorf("the service answers %v", got)
	}
}

// The seed that a run was made with makes it again.
func TestChosenSeedRepeatsTheRun(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	first := p.state(t, http.MethodPut, "/chaos/user", `{"preset":"flaky"}`)
	statuses := p.serve(t, "user", 64)
	p.state(t, http.MethodPut, "/chaos/user", fmt.Sprintf(`{"preset":"flaky","seed":%d}`, *first.Seed))
	if again := p.serve(t, "user", 64); !slices.Equal(statuses, again) || !slices.Contains(again, 503) || !slices.Contains(again, 200) {
		t.Errorf("first %v, then %v", statuses, again)
	}
	if zero := p.state(t, http.MethodPut, "/chaos/user", `{"preset":"flaky","seed":0}`); zero.Seed == nil || *zero.Seed != 0 {
		t.Errorf("a seed of 0 is told as %v", zero.Seed)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.state(t, http.MethodPut, "/chaos/user", `{"faults":["status:418"]}`)
	for _, test := range []struct {
		method, path, body string
		status             int
		detail             string
	}{
		{http.MethodPut, "/chaos/product", `{"preset":"slow"}`, 404, "embeds: order, user. One that runs elsewhere"},
		{http.MethodDelete, "/chaos/product", "", 404, "embeds: order, user."},
		{http.MethodPut, "/chaos/user", ``, 400, "EOF"},
		{http.MethodPut, "/chaos/user", `slow`, 400, `{"preset": name`},
		{http.MethodPut, "/chaos/user", `{}`, 400, "allowed presets are [down drip"},
		{http.MethodPut, "/chaos/user", `null`, 400, "exactly one"},
		{http.MethodPut, "/chaos/user", `{"preset":"slow","faults":["hang"]}`, 400, "exactly one"},
		{http.MethodPut, "/chaos/user", `{"preset":"slo"}`, 400, `Unknown preset "slo", allowed are [down drip`},
		{http.MethodPut, "/chaos/user", `{"preset":7}`, 400, "preset"},
		{http.MethodPut, "/chaos/user", `{"presets":"slow"}`, 400, `unknown field "presets"`},
		{http.MethodPut, "/chaos/user", `{"preset":"slow","seed":-1}`, 400, "seed"},
		{http.MethodPut, "/chaos/user", `{"preset":"slow","seed":18446744073709551616}`, 400, "seed"},
		{http.MethodPut, "/chaos/user", `{"preset":"slow"} {}`, 400, "more behind it"},
		{http.MethodPut, "/chaos/user", `{"faults":[]}`, 400, "0 faults, 1 to 32 are allowed"},
		{http.MethodPut, "/chaos/user", `{"faults":["hang"` + strings.Repeat(`,"hang"`, 32) + `]}`, 400, "33 faults"},
		{http.MethodPut, "/chaos/user", `{"faults":["hang","hangs"]}`, 400, `Unknown fault "hangs", allowed are [deep-nesting`},
		{http.MethodPut, "/chaos/user", `{"faults":["hang share:2"]}`, 400, "share must be"},
		{http.MethodPut, "/chaos/user", `{"preset":"` + strings.Repeat("x", 32<<10) + `"}`, 413, "at most 32768 bytes"},
		{http.MethodPost, "/chaos/user", `{"preset":"slow"}`, 405, ""},
		{http.MethodPut, "/chaos", `{"preset":"slow"}`, 405, ""},
	} {
		answer := p.tell(t, test.method, test.path, test.body)
		if answer.Code != test.status || !strings.Contains(answer.Body.String(), test.detail) || answer.Body.Len() > 1000 {
			t.Errorf("%s %s %.100s: %d %s", test.method, test.path, test.body, answer.Code, answer.Body)
		}
		if got := p.serve(t, "user", 1); got[0] != http.StatusTeapot {
			t.Fatalf("%s %s %.100s changed what is set", test.method, test.path, test.body)
		}
	}
	if n := len(p.log.all()); n != 1 {
		t.Errorf("what changed once is logged %d times", n)
	}
}

func TestChangesAreLogged(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.tell(t, http.MethodPut, "/chaos/user", `{"preset":"reset","seed":5}`)
	p.tell(t, http.MethodDelete, "/chaos/user", "")
	p.tell(t, http.MethodDelete, "/chaos", "")
	p.tell(t, http.MethodGet, "/chaos", "")
	want := []string{
		`"level":"WARN","msg":"chaos","service":"user","preset":"reset","seed":5,"faults":["reset-mid-body seed:5"]}`,
		`"level":"WARN","msg":"chaos ends","service":"user"}`,
		`"level":"WARN","msg":"chaos ends","service":"all"}`,
	}
	got := p.log.all()
	if !slices.EqualFunc(got, want, strings.HasSuffix) {
		t.Errorf("logged is\n%s", strings.Join(got, "\n"))
	}
}

func TestNoRoutesWithoutServices(t *testing.T) {
	t.Parallel()
	if routes := chaos.New(chaos.Options{Log: slog.New(slog.DiscardHandler)}).Routes(); len(routes) != 0 {
		t.Errorf("there are %d routes", len(routes))
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				p.tell(t, http.MethodPut, "/chaos/user", `{"preset":"flaky"}`)
				p.serve(t, "user", 5)
				p.tell(t, http.MethodGet, "/chaos", "")
				p.tell(t, http.MethodDelete, "/chaos", "")
			}
		})
	}
	all.Wait()
	if states, _ := p.states(t, http.MethodGet); len(states[1].Faults) != 0 {
		t.Errorf("at the end there are %+v", states)
	}
}

// Whatever is sent is either set, as it is told, or refused as a whole.
func FuzzPut(f *testing.F) {
	for _, body := range []string{
		`{"preset":"slow","seed":7}`, `{"faults":["latency:300ms share:0.2","hang"]}`, `{"faults":null,"preset":null}`, `[]`, `{"seed":1e3}`,
		`{"preset":"storm","seed":18446744073709551615}`, "\xff", `{"preset":"slow"}{}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p := newProgram(t)
		answer := p.tell(t, http.MethodPut, "/chaos/user", body)
		states, _ := p.states(t, http.MethodGet)
		if isSet := len(states[1].Faults) > 0; isSet != (answer.Code == http.StatusOK) || !isSet && answer.Code != http.StatusBadRequest && answer.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%q: %d %s, then %+v", body, answer.Code, answer.Body, states[1])
		}
	})
}
