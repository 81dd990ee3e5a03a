package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/procfs"
)

func TestWhoTakesPartInWhat(t *testing.T) {
	t.Parallel()

	takes := func(name string) string {
		var keys []string

		for _, k := range contenders() {
			for _, task := range tasks() {
				if k.name == name && task.isFor(k) {
					keys = append(keys, task.key)
				}
			}
		}

		return strings.Join(keys, ", ")
	}

	everything := strings.Join(each(tasks(), func(t *task) string { return t.key }), ", ")

	for name, want := range map[string]string{
		nameOurs:           everything,
		namePlain:          "mobile-cold, tv-cold, web-cold, same-cold mobile, same-cold web, added mobile, added tv, added web",
		nameGqlgen:         "web-cold, web-n+1, same-cold web, posts A, posts B, posts C",
		nameFixed:          "mobile-cold, tv-cold, web-cold, web-n+1, hot mobile, hot tv, hot web, 304 mobile, posts A, posts B, posts C",
		"net/http fan-out": "mobile-cold, tv-cold, web-cold",
		"fasthttp fan-out": "mobile-cold, tv-cold, web-cold",
		"Fastify REST":     "mobile-cold, tv-cold, web-cold, same-cold mobile, same-cold web",
		"Apollo Server":    "web-cold, web-n+1, same-cold web, posts A, posts B, posts C",
	} {
		if got := takes(name); got != want {
			t.Errorf("%s takes part in %s\nwant %s", name, got, want)
		}
	}
}

func TestChosen(t *testing.T) {
	t.Parallel()

	is := func(want string) func(string) bool { return func(word string) bool { return word == want } }

	if !chosen("", is("a")) || !chosen("a,b c", is("b c")) || chosen("a,b", is("c")) {
		t.Error("a list does not choose what it names")
	}

	words := "web,304"
	c := &compare{workloads: &words}

	if !c.isChosen("web-cold") || !c.isChosen("304 mobile") || c.isChosen("hot web") {
		t.Error("workloads are not chosen by the beginning of their name")
	}
}

func TestFloorsGetTheRightAnswers(t *testing.T) {
	t.Parallel()

	b, err := newBuilds(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}

	for _, page := range pages() {
		body, err := os.ReadFile(filepath.Join(b.answers, page.Key+".json"))
		if err != nil {
			t.Fatal(err)
		}

		if err = page.Verify(0, load.Answer{Status: 200, Body: body}); err != nil {
			t.Error(err)
		}
	}
}

// someTrial is a trial of two good rounds and a bad one.
func someTrial(key, name string, cpu time.Duration, calls float64) *trial {
	t := &trial{}

	for _, candidate := range tasks() {
		if candidate.key == key {
			t.task = candidate
		}
	}

	for _, candidate := range contenders() {
		if candidate.name == name {
			t.contender = candidate
		}
	}

	good := round{cost: cost{cpu: cpu, calls: calls}, p50: cpu, p99: cpu, perSecond: float64(time.Second) / float64(cpu), bytes: 1000}
	bad := round{cost: cost{cpu: 9 * cpu, calls: 9}, p50: 9 * cpu, p99: 9 * cpu, perSecond: 1, bytes: 1000}
	t.rounds = []round{good, bad, good}

	return t
}

// verdicts are the goals whose text holds a word.
func verdicts(c *compare, word string) (met, missed int) {
	for _, goal := range slices.Concat(c.coldGoals(), c.sameGoals(), c.hotGoals(), c.postsGoals()) {
		switch {
		case !strings.Contains(goal.Text, word):
		case goal.Met:
			met++
		default:
			missed++
		}
	}

	return met, missed
}

func TestGoalsAreJudgedByMedians(t *testing.T) {
	t.Parallel()

	const unit = 100 * time.Microsecond

	for _, c := range []struct {
		about, word string
		trials      []*trial
		met, missed int
	}{
		{"a fifth", "in that of plain Go", []*trial{someTrial("mobile-cold", nameOurs, unit, 3), someTrial("mobile-cold", namePlain, 5*unit, 3)}, 1, 0},
		{"more than that", "in that of plain Go", []*trial{someTrial("tv-cold", nameOurs, unit, 3), someTrial("tv-cold", namePlain, 4*unit, 3)}, 0, 1},
		{"less for web", "in that of plain Go", []*trial{someTrial("web-cold", nameOurs, unit, 3), someTrial("web-cold", namePlain, 4*unit, 3)}, 1, 0},
		{"below a peer", "plain gqlgen", []*trial{someTrial("web-n+1", nameOurs, unit, 2), someTrial("web-n+1", nameGqlgen, 2*unit, 2)}, 2, 0},
		{"above a peer", "Yoga", []*trial{someTrial("web-cold", nameOurs, 2*unit, 3), someTrial("web-cold", "Yoga", unit, 3)}, 0, 2},
		{"floors are no peers", "fixed", []*trial{someTrial("web-cold", nameOurs, 2*unit, 3), someTrial("web-cold", nameFixed, unit, 0)}, 0, 0},
		{"two calls", "exactly", []*trial{someTrial("web-n+1", nameOurs, unit, 2)}, 1, 0},
		{"one call", "exactly", []*trial{someTrial("web-n+1", nameOurs, unit, 1)}, 0, 1},
		{"a kilobyte", "kilobyte", []*trial{someTrial("web-n+1", nameOurs, unit, 2), someTrial("web-cold", nameOurs, unit, 3)}, 1, 0},
		{"a dear kilobyte", "kilobyte", []*trial{someTrial("web-n+1", nameOurs, 2*unit, 2), someTrial("web-cold", nameOurs, unit, 3)}, 0, 1},
		{"shared", "same-cold", []*trial{someTrial("same-cold mobile", nameOurs, unit, 0.1), someTrial("same-cold mobile", namePlain, unit, 3)}, 1, 0},
		{"not shared", "same-cold", []*trial{someTrial("same-cold web", nameOurs, unit, 3)}, 0, 1},
		{"at hand", "hot tv", []*trial{someTrial("hot tv", nameOurs, 3*unit, 0), someTrial("hot tv", nameFixed, 2*unit, 0)}, 2, 0},
		{"not at hand", "hot tv", []*trial{someTrial("hot tv", nameOurs, 4*unit, 1), someTrial("hot tv", nameFixed, 2*unit, 0)}, 0, 2},
		{"unchanged", "304", []*trial{someTrial("304 mobile", nameOurs, unit, 0), someTrial("304 mobile", nameFixed, unit, 0)}, 1, 0},
		{"unchanged but dear", "304", []*trial{someTrial("304 mobile", nameOurs, 3*unit, 0), someTrial("304 mobile", nameFixed, 2*unit, 0)}, 0, 1},
		{"posts", "net/http floor is 50", []*trial{someTrial("posts A", nameOurs, 2*unit, 0), someTrial("posts A", nameFixed, unit, 0)}, 1, 0},
		{"dear posts", "net/http floor is 46", []*trial{someTrial("posts B", nameOurs, 2*unit, 0), someTrial("posts B", nameFixed, unit, 0)}, 0, 1},
		{"the rate", "times the requests", []*trial{someTrial("posts A", nameOurs, unit, 0), someTrial("posts A", nameGqlgen, 41*unit, 0)}, 1, 0},
		{"too low a rate", "times the requests", []*trial{someTrial("posts B", nameOurs, unit, 0), someTrial("posts B", nameGqlgen, 14*unit, 0)}, 0, 1},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()

			if met, missed := verdicts(&compare{trials: c.trials}, c.word); met != c.met || missed != c.missed {
				t.Errorf("%d met and %d missed, want %d and %d", met, missed, c.met, c.missed)
			}
		})
	}
}

// someComparison is one that has been made.
func someComparison(t *testing.T, trials ...*trial) *compare {
	t.Helper()

	c := &compare{
		rounds: new(3), connections: new(32), users: new(10), slowConnections: new(256),
		time: new(time.Second), warmUp: new(time.Second), slowDelay: new(20 * time.Millisecond),
		builds: &builds{skipped: []string{"somebody: not here"}}, worlds: map[world]*rig{cold: here(t)}, trials: trials,
	}

	return c
}

func TestSectionsAreThoseThatWereMeasured(t *testing.T) {
	t.Parallel()

	c := someComparison(t, someTrial("mobile-cold", nameOurs, time.Millisecond, 3), someTrial("mobile-cold", namePlain, 2*time.Millisecond, 3))

	sections, err := c.sections()
	if err != nil {
		t.Fatal(err)
	}

	if len(sections) != 1 {
		t.Fatalf("%d sections", len(sections))
	}

	text := sections[0].Markdown()
	for _, want := range []string{"| mobile-cold | ours | 1000 | 1000–9000 | 0.50 | – | 1000 | 1.00 | 1.00 | 1000 | 3.000 | 0.0 |", "left out: somebody: not here"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestFailuresAreSaid(t *testing.T) {
	t.Parallel()

	failing := func(name string) *trial {
		trial := someTrial("tv-cold", name, time.Millisecond, 1)
		trial.failed, trial.rounds = errors.New("the answer\nis wrong"), nil

		return trial
	}

	for name, met := range map[string]bool{nameOurs: false, namePlain: true} {
		c := someComparison(t, someTrial("mobile-cold", nameFixed, time.Millisecond, 0), failing(name))

		sections, err := c.sections()
		if err != nil || len(sections) != 1 {
			t.Fatalf("%d sections, %v", len(sections), err)
		}

		if text := sections[0].Markdown(); sections[0].Met() != met || !strings.Contains(text, "- failed: tv-cold, "+name+": the answer is wrong\n") {
			t.Errorf("met %t:\n%s", sections[0].Met(), text)
		}
	}

	sections, err := someComparison(t, failing(nameOurs)).sections()
	if err != nil || len(sections) != 1 || sections[0].Met() {
		t.Errorf("%d sections, %v", len(sections), err)
	}
}

func TestAddedLatencyIsAboveThatOfTheService(t *testing.T) {
	t.Parallel()

	judge := func(p50, p99 time.Duration) bool {
		trial := someTrial("added mobile", nameOurs, time.Millisecond, 3)
		trial.rounds = []round{{p50: p50, p99: p99, baseline50: 20 * time.Millisecond, baseline99: 22 * time.Millisecond}}

		return someComparison(t, trial).addedSection().Met()
	}

	if !judge(20_900*time.Microsecond, 24_900*time.Microsecond) {
		t.Error("less than the goals misses them")
	}

	if judge(21*time.Millisecond, 23*time.Millisecond) || judge(20*time.Millisecond, 25*time.Millisecond) {
		t.Error("as much as a goal meets it")
	}
}

func TestMemoryAtSaturationIsJudgedByItsPeak(t *testing.T) {
	t.Parallel()

	judge := func(peak int64) bool {
		c := someComparison(t)
		c.memory = &saturation{result: &load.Result{Took: time.Second}, memory: procfs.Memory{Peak: peak}}

		return c.memorySection().Met()
	}

	if !judge(96<<20-1) || judge(96<<20) {
		t.Error("the goal is not 96 MiB")
	}
}

// What nobody takes part in is an error, not an empty table.
func TestNothingToMeasure(t *testing.T) {
	t.Parallel()

	err := runCompare(t.Context(), []string{"-only=nobody", "-workloads=none"}, nil)
	if !errors.Is(err, errNothing) {
		t.Errorf("the error is %v", err)
	}
}
