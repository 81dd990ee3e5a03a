package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"storefront/bench/internal/load"
	"storefront/bench/internal/report"
)

// at is a moment of a measurement.
func at(ms int) time.Time {
	return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond)
}

// restarted is a measurement of 3000 requests in a restart and 3000 around a
// kill, at its end some that failed.
func restarted(t *testing.T, failed ...load.Outcome) *restarts {
	t.Helper()

	const each = 3000

	r := &restarts{
		rate: new(int), connections: new(int), fresh: new(int), users: new(int), example: new(string),
		rig: here(t), haproxy: &haproxy{version: "HAProxy"}, killed: at(each + 10), buried: at(each + 20),
		spans: []*leg{
			{name: "restart", from: at(0), to: at(each), restarting: true},
			{name: "kill", from: at(each), to: at(2 * each), again: 7},
		},
	}

	for n := range 2 * each {
		r.outcomes = append(r.outcomes, load.Outcome{Due: at(n), Ended: at(n + 1 + n%2)})
	}

	r.outcomes = append(r.outcomes, failed...)

	return r
}

func TestRestartsAreJudgedByWhatFailed(t *testing.T) {
	t.Parallel()

	failure := func(due, ended int) load.Outcome {
		return load.Outcome{Due: at(due), Ended: at(ended), Err: io.ErrUnexpectedEOF}
	}
	underWay := failure(3005, 3015)

	for name, c := range map[string]struct {
		failed []load.Outcome
		want   string // of the three goals, + for one that is met
	}{
		"nothing":                          {nil, "+++"},
		"one in a restart":                 {[]load.Outcome{failure(5, 6)}, "-+-"},
		"one under way at the kill":        {[]load.Outcome{underWay}, "+++"},
		"due in a restart, under way then": {[]load.Outcome{failure(2999, 3011)}, "+++"},
		"one after the kill":               {[]load.Outcome{failure(3021, 3022)}, "++-"},
		"too many at the kill":             {[]load.Outcome{underWay, underWay, underWay, underWay, underWay, underWay, underWay}, "+-+"},
	} {
		section, err := restarted(t, c.failed...).section()
		if err != nil {
			t.Fatal(err)
		}

		got := strings.Join(each(section.Goals, func(g report.Goal) string { return map[bool]string{true: "+", false: "-"}[g.Met] }), "")
		if got != c.want {
			t.Errorf("%s: %s, want %s: %v", name, got, c.want, section.Goals)
		}
	}
}

func TestRestartsSayOfWhatRequestsFailed(t *testing.T) {
	t.Parallel()

	section, err := restarted(t,
		load.Outcome{Due: at(3012), Ended: at(3112), Err: fmt.Errorf("no answer: %w", io.EOF)},
		load.Outcome{Due: at(3013), Ended: at(3014), Err: errors.New("503\nand more")},
		load.Outcome{Due: at(3014), Ended: at(3015), Err: io.EOF},
		load.Outcome{Due: at(9999), Ended: at(9999), Err: errors.New("after the last span")},
	).section()
	if err != nil {
		t.Fatal(err)
	}

	rows := make([]string, 0, len(section.Table.Rows))
	for _, row := range section.Table.Rows {
		rows = append(rows, strings.Join(row, " | "))
	}

	want := "restart | 3.00 | 3000 | 0 | – | 0 | 1.00 | 2.00 | 2.00\nkill | 3.00 | 3003 | 3 | 1 × 503; 2 × EOF | 7 | 1.00 | 2.00 | 100.00"
	if got := strings.Join(rows, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestExampleIsMovedToTheSubnet(t *testing.T) {
	t.Parallel()

	h := &haproxy{stats: "the/socket"}

	text, err := h.configure(filepath.Join("..", "docs", "deploy", "haproxy.cfg"), "127.1.2.")
	if err != nil {
		t.Fatal(err)
	}

	for _, want := range []string{"stats socket the/socket\n", "bind 127.1.2.254:8080\n", "server bff-3 127.1.2.3:8081\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}

	const private = 0o600

	other := filepath.Join(t.TempDir(), "other.cfg")
	if err = os.WriteFile(other, []byte("global\n"), private); err != nil {
		t.Fatal(err)
	}

	if _, err = h.configure(other, "127.1.2."); !errors.Is(err, errExample) {
		t.Errorf("of what is no example the error is %v", err)
	}
}

func TestStatisticsOfHAProxy(t *testing.T) {
	t.Parallel()

	const head = "# pxname,svname,wretr,wredis,\n"

	for text, want := range map[string]int64{
		head + "shop,FRONTEND,,,\nbff,bff-1,9,9,\nbff,BACKEND,3,4,\n\n": 7,
		head + "bff,bff-1,9,9,\n":        -1,
		head + "bff,BACKEND,many,4,\n":   -1,
		head + "bff,BACKEND\n":           -1,
		"# pxname,svname\nbff,BACKEND\n": -1,
		"":                               -1,
		"\"":                             -1,
	} {
		got, err := readAgain(strings.NewReader(text))
		if err != nil && !errors.Is(err, errStats) {
			t.Error(err)
		}

		if err != nil {
			got = -1
		}

		if got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestRestartsHaveBounds(t *testing.T) {
	t.Parallel()

	for _, args := range []string{"-rate=0", "-peace=1ms", "-connections=1025", "-fresh=0", "more"} {
		if err := runRestarts(context.Background(), strings.Fields(args), io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%q: the error is %v", args, err)
		}
	}
}
