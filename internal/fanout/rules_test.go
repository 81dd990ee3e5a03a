package fanout_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/fault"
)

var errDown = fault.New(fault.CircuitOpen, "known to fail")

// TestRules is what the absence of sections means for the page.
func TestRules(t *testing.T) {
	t.Parallel()

	notFound := fault.New(fault.NotFound, "status 404")

	tests := map[string]struct {
		parts func() []fanout.Fetch
		want  fault.Kind
		after time.Duration
		words string
	}{
		"all are in": {
			func() []fanout.Fetch { return []fanout.Fetch{good(required("a"), 10*ms), good(optional("b"), 20*ms)} },
			fault.None, 20 * ms, "",
		},
		"an optional one is not": {
			func() []fanout.Fetch {
				return []fanout.Fetch{good(required("a"), 10*ms), failed(optional("b"), ms, errDown)}
			},
			fault.None, 10 * ms, "",
		},
		"a required one is not": {
			func() []fanout.Fetch {
				return []fanout.Fetch{failed(required("a"), ms, errDown), good(optional("b"), 20*ms)}
			},
			fault.Unavailable, 20 * ms, "required section a",
		},
		"the subject's service fails": {
			func() []fanout.Fetch {
				return []fanout.Fetch{failed(subject("a"), ms, errDown), good(optional("b"), 20*ms)}
			},
			fault.None, 20 * ms, "",
		},
		"the subject does not exist": {
			func() []fanout.Fetch {
				return []fanout.Fetch{failed(subject("a"), 5*ms, notFound), never(required("b"))}
			},
			fault.NotFound, 5 * ms, "no such a",
		},
		"the subject does not exist, said last": {
			func() []fanout.Fetch {
				return []fanout.Fetch{failed(required("b"), ms, errDown), failed(subject("a"), 5*ms, notFound)}
			},
			fault.NotFound, 5 * ms, "no such a",
		},
		"what is not the subject does not exist": {
			func() []fanout.Fetch {
				return []fanout.Fetch{failed(optional("a"), 5*ms, notFound), good(optional("b"), 20*ms)}
			},
			fault.None, 20 * ms, "",
		},
		"none is in": {
			func() []fanout.Fetch {
				return []fanout.Fetch{failed(optional("a"), ms, errDown), failed(optional("b"), 2*ms, errDown)}
			},
			fault.Unavailable, 2 * ms, "no section could be had",
		},
		"the only one is not": {
			func() []fanout.Fetch { return []fanout.Fetch{failed(optional("a"), ms, errDown)} },
			fault.Unavailable, ms, "no section could be had",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				report, err := fanout.Run(t.Context(), test.parts()...)
				took(t, start, test.after)

				if got := fault.KindOf(err); got != test.want {
					t.Errorf("got %v, want %v", err, test.want)
				}

				if err == nil != (report != nil) {
					t.Errorf("report %v, error %v", report, err)
				}

				if err != nil && !strings.Contains(err.Error(), test.words) {
					t.Errorf("%q does not say %q", err, test.words)
				}
			})
		})
	}
}

// TestCauseIsKept lets the log tell why there is no page.
func TestCauseIsKept(t *testing.T) {
	t.Parallel()

	for name, section := range map[string]fanout.Section{"required": required("a"), "all": optional("a")} {
		_, err := fanout.Run(t.Context(), failed(section, 0, errDown))
		if !errors.Is(err, errDown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSubjectCancelsTheOthers sees the other parts end, and not merely be left.
func TestSubjectCancelsTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := never(required("b"))
		_, err := fanout.Run(t.Context(), failed(subject("a"), ms, fault.New(fault.NotFound, "status 404")), other)

		if fault.KindOf(err) != fault.NotFound || !errors.Is(other.Err(), context.Canceled) {
			t.Errorf("got %v, the other part ended with %v", err, other.Err())
		}
	})
}

func TestClientGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()

		ctx, cancel := context.WithCancel(fanout.WithBudget(t.Context(), time.Second))
		defer cancel()

		time.AfterFunc(7*ms, cancel)

		in := good(optional("in"), ms)
		report, err := fanout.Run(ctx, in, never(optional("late")))

		took(t, start, 7*ms)

		if report != nil || fault.KindOf(err) != fault.Canceled || !strings.Contains(err.Error(), "late") {
			t.Errorf("got %v, %v", report, err)
		}
	})
}
