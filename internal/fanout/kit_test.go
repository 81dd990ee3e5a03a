package fanout_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/fanout"
	"storefront/internal/fresh"
	"storefront/internal/need"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type part = fanout.Part[string]

// after is a section that comes after some time, or ends with its context as
// every get must.
func after(section fanout.Section, d time.Duration, value fresh.Value[string], err error) *part {
	return fanout.Of(section, func(ctx context.Context) (fresh.Value[string], error) {
		select {
		case <-time.After(d):
			return value, err
		case <-ctx.Done():
			return fresh.Value[string]{}, ctx.Err()
		}
	})
}

// never is a section that does not come.
func never(section fanout.Section) *part {
	return after(section, 1000*time.Hour, fresh.Value[string]{}, nil)
}

func good(section fanout.Section, d time.Duration) *part {
	return after(section, d, fresh.Now(section.Name), nil)
}

func failed(section fanout.Section, d time.Duration, err error) *part {
	return after(section, d, fresh.Value[string]{}, err)
}

func optional(name string) fanout.Section { return fanout.Section{Name: name} }

func important(name string) fanout.Section {
	return fanout.Section{Name: name, Need: need.Important}
}

func required(name string) fanout.Section {
	return fanout.Section{Name: name, Need: need.Required}
}

func subject(name string) fanout.Section { return fanout.Section{Name: name, Subject: true} }

// took fails the test unless want has gone by since start, to the nanosecond.
func took(t *testing.T, start time.Time, want time.Duration) {
	t.Helper()

	if got := time.Since(start); got != want {
		t.Errorf("took %v, want %v", got, want)
	}
}

// has fails the test unless p holds its own name, or nothing where it is to be
// omitted.
func has(t *testing.T, p *part, want string) {
	t.Helper()

	got := ""
	if value := p.Value(); value != nil {
		got = *value
	}

	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
