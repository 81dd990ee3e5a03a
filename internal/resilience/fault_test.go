package resilience_test

import (
	"cmp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/upstreamtest"
)

// outcome is what becomes of a call that meets a fault.
type outcome struct {
	fault upstreamtest.Fault
	kind  fault.Kind
	after time.Duration
	name  text // of the user, where it is no failure and not the usual one
}

// outcomes has every way in which a service can be bad.
func outcomes() []outcome {
	const late = attemptTimeout

	return []outcome{
		{fault: upstreamtest.Latency(10 * ms), after: 10 * ms},
		{fault: upstreamtest.Hang(), kind: fault.Timeout, after: late},
		{fault: upstreamtest.Stalled(), kind: fault.Timeout, after: late},
		{fault: upstreamtest.SlowDrip(100 * ms), kind: fault.Timeout, after: late},
		{fault: upstreamtest.Status(500), kind: fault.Unavailable},
		{fault: upstreamtest.Status(503).RetryAfter(time.Second), kind: fault.Unavailable},
		{fault: upstreamtest.Status(599), kind: fault.Unavailable},
		{fault: upstreamtest.Status(429), kind: fault.Overload},
		{fault: upstreamtest.Status(400), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(403), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(410), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(200), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(201), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(204), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(304), kind: fault.InvalidResponse},
		{fault: upstreamtest.Status(404), kind: fault.NotFound},
		{fault: upstreamtest.NotFound(), kind: fault.NotFound},
		{fault: upstreamtest.Redirect(), kind: fault.InvalidResponse},
		{fault: upstreamtest.ResetBeforeHeaders(), kind: fault.Unavailable},
		{fault: upstreamtest.ResetMidBody(), kind: fault.Unavailable},
		{fault: upstreamtest.StaleKeepalive()}, // asked again, where it breaks
		{fault: upstreamtest.Truncated(), kind: fault.Unavailable},
		{fault: upstreamtest.Huge(), kind: fault.InvalidResponse},
		{fault: upstreamtest.HugeSized(), kind: fault.InvalidResponse},
		{fault: upstreamtest.HugeGzip(), kind: fault.InvalidResponse},
		{fault: upstreamtest.HeadersHuge(), kind: fault.Unavailable},
		{fault: upstreamtest.Empty(), kind: fault.InvalidResponse},
		{fault: upstreamtest.NullBody(), kind: fault.InvalidResponse},
		{fault: upstreamtest.Garbage(), kind: fault.InvalidResponse},
		{fault: upstreamtest.TrailingGarbage(), kind: fault.InvalidResponse},
		{fault: upstreamtest.WrongContentType(), kind: fault.InvalidResponse},
		{fault: upstreamtest.WrongType(), kind: fault.InvalidResponse},
		{fault: upstreamtest.WrongElement(), kind: fault.InvalidResponse},
		{fault: upstreamtest.WrongUser(), kind: fault.InvalidResponse},
		{fault: upstreamtest.DuplicateKeys(), name: upstreamtest.Secret}, // the last one counts
		{fault: upstreamtest.InvalidUTF8(), name: "\ufffd\ufffd" + good("user_1")},
		{fault: upstreamtest.DeepNesting(), kind: fault.InvalidResponse},
		{fault: upstreamtest.IgnoreLimit()},
	}
}

// TestEveryFaultHasAnOutcome keeps the table whole.
func TestEveryFaultHasAnOutcome(t *testing.T) {
	t.Parallel()

	for _, name := range upstreamtest.Names() {
		if !slices.ContainsFunc(outcomes(), func(o outcome) bool { return o.fault.Name() == name }) {
			t.Errorf("none for %s", name)
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()

	for _, o := range outcomes() {
		t.Run(o.fault.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, o.test)
		})
	}
}

func (o outcome) test(t *testing.T) {
	k := newKit(t)
	k.Fail(upstreamtest.User, o.fault)

	record := &telemetry.Record{}
	got := get(telemetry.WithRecord(t.Context(), record), k.service(upstreamtest.User), "user_1")

	if o.kind != fault.None {
		checkFailed(t, got, o.kind, o.after)
	} else if want := cmp.Or(o.name, good("user_1")); got.Value != fresh.Now(want) || got.err != nil || got.after != o.after {
		t.Errorf("got %+v after %v, %v", got.Value, got.after, got.err)
	}

	if got := fault.KindOf(record.Calls()[0].Err); got != o.kind {
		t.Errorf("recorded as %v", got)
	}

	counted := o.kind.Reason()
	if o.kind == fault.None {
		counted = "ok"
	}

	if n := k.series(t, `upstream_calls_total{bff="test",outcome="`+counted+`",service="user"}`); n != "1" {
		t.Errorf("%s calls are counted as %s", n, counted)
	}
}

// TestNotFoundIsAboutOneThing takes 404 for a wrong address where the path
// names no one thing.
func TestNotFoundIsAboutOneThing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKit(t)
		req := resilience.Request{Path: "/nowhere"}
		checkFailed(t, getWith(t.Context(), k.service(upstreamtest.User), req, nameOf("x")), fault.InvalidResponse, 0)
	})
}
