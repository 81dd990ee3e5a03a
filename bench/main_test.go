package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
	"storefront/bench/internal/scrape"
	"storefront/bench/internal/workload"
)

func TestUnknownCommandsAreAnsweredWithTheKnownOnes(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{nil, {"fly"}, {""}} {
		var stderr bytes.Buffer

		if err := dispatch(t.Context(), args, io.Discard, &stderr); !errors.Is(err, errUsage) {
			t.Errorf("%q: the error is %v", args, err)
		}

		for _, c := range commands() {
			if !strings.Contains(stderr.String(), c.name) {
				t.Errorf("%q: %s is not named in %s", args, c.name, &stderr)
			}
		}
	}
}

// quiet are options whose complaints go nowhere.
func quiet() (*options, common) {
	o := newOptions("test")
	o.flags.SetOutput(io.Discard)

	return o, o.common(1000, 10)
}

func TestOptionsHaveBounds(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		args string
		want error
	}{
		{"", nil},
		{"-requests=1 -connections=1024 -users=1000000 -limit=1s", nil},
		{"-requests=0", errUsage},
		{"-requests=10000001", errUsage},
		{"-connections=0", errUsage},
		{"-connections=1025", errUsage},
		{"-users=-1", errUsage},
		{"-limit=-1s", errUsage},
		{"-limit=25h", errUsage},
		{"-requests=many", errUsage},
		{"-unknown", errUsage},
		{"and more", errUsage},
		{"-help", flag.ErrHelp},
	} {
		o, _ := quiet()
		if err := o.parse(strings.Fields(c.args)); !errors.Is(err, c.want) {
			t.Errorf("%q: the error is %v, want %v", c.args, err, c.want)
		}
	}
}

func TestCostIsWhatChangedPerRequest(t *testing.T) {
	t.Parallel()

	start := time.Now()
	before := usage{at: start, target: time.Second, ours: 3 * time.Second, all: 10 * time.Second, calls: 7}
	after := usage{
		at:     start.Add(10 * time.Second),
		target: 2 * time.Second, // 1 s for 1000 requests
		ours:   7 * time.Second, // 4 s, the target's included
		all:    19 * time.Second,
		calls:  3007,
	}

	if got, want := between(before, after, 1000), (cost{cpu: time.Millisecond, calls: 3, others: 0.5}); got != want {
		t.Errorf("the cost is %+v, want %+v", got, want)
	}

	after.all = 13 * time.Second
	if got := between(before, after, 1000).others; got != 0 {
		t.Errorf("other processes took %v cores, less than nothing", got)
	}
}

// here is a rig on this machine without any process.
func here(t *testing.T) *rig {
	t.Helper()

	r := &rig{machine: procfs.Machine(), conditions: conditions{others: []float64{0.25, 1.5}}}
	if _, err := r.machine.Load(); err != nil {
		t.Skipf("not here: %v", err)
	}

	return r
}

func TestLatencyIsJudgedByTheMedianOfTheRounds(t *testing.T) {
	t.Parallel()

	judge := func(goal bool, p50 ...time.Duration) (met bool, goals int) {
		_, flags := quiet()
		l := &latency{common: flags, delay: new(time.Duration), rounds: new(int), warmUp: new(int), rig: here(t), rows: []*row{{
			Workload: workload.Mobile(), goal: goal, p50: p50, p95: p50, p99: p50, costs: []cost{{calls: 3}},
		}}}

		section, err := l.section()
		if err != nil {
			t.Fatal(err)
		}

		return section.Met(), len(section.Goals)
	}

	const fast, slow = 52 * time.Millisecond, 60 * time.Millisecond

	if met, _ := judge(true, slow, fast, fast); !met {
		t.Error("one slow round of three misses the goal")
	}

	if met, _ := judge(true, slow, fast, slow); met {
		t.Error("two slow rounds of three meet the goal")
	}

	if met, goals := judge(false, slow); !met || goals != 0 {
		t.Error("a workload without a goal is judged")
	}
}

func TestMemoryIsJudgedByWhatIsResident(t *testing.T) {
	t.Parallel()

	judge := func(resident int64, series scrape.Series) (met bool, err error) {
		_, flags := quiet()
		m := &memory{common: flags, rig: here(t), variants: []*variant{{
			Workload: workload.Mobile(), name: "plain", goal: true, metrics: series,
			memory: procfs.Memory{Resident: resident, Peak: resident}, result: &load.Result{Took: time.Second},
		}}}

		section, err := m.section()
		if err != nil {
			return false, err
		}

		return section.Met(), nil
	}

	series, err := scrape.Read(strings.NewReader(`process_resident_memory_bytes 1
go_memstats_heap_alloc_bytes 1
go_memstats_heap_inuse_bytes 1
go_memstats_heap_idle_bytes 1
go_memstats_heap_released_bytes 1
go_memstats_next_gc_bytes 1
go_memstats_stack_inuse_bytes 1
go_goroutines 1
upstream_last_good_bytes{bff="mobile"} 1
upstream_last_good_entries{bff="mobile"} 1
`))
	if err != nil {
		t.Fatal(err)
	}

	if met, err := judge(memoryGoal-1, series); err != nil || !met {
		t.Errorf("a byte less than the goal: met %t, %v", met, err)
	}

	if met, err := judge(memoryGoal, series); err != nil || met {
		t.Errorf("the goal itself: met %t, %v", met, err)
	}

	if _, err := judge(1, scrape.Series{}); err == nil {
		t.Error("figures that the program does not give are made up")
	}
}

func TestInvocationCanBeRepeated(t *testing.T) {
	t.Parallel()

	if got, want := invocation("memory", []string{"-users", "10"}), "go run ./bench memory -users 10"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	if got, want := invocation("compare", []string{"-only=plain Go", "-peers"}), "go run ./bench compare '-only=plain Go' -peers"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProfilesGetNamesThatFilesCanHave(t *testing.T) {
	t.Parallel()

	if got, want := strings.Map(inFileName, "gzip, A/B=0"), "gzip--A-B-0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
