package strangler

import (
	"context"
	"testing"
	"time"

	"storefront/internal/telemetry"
)

// sides are two systems that do what a test says.
type sides struct {
	answer func(ctx context.Context, ask Ask) (Reply, error)
	peeked int
}

func (s *sides) Answer(ctx context.Context, ask Ask) (Reply, error) {
	if ask.Patience > 0 { // As those of package resilience.
		short, cancel := context.WithTimeout(ctx, ask.Patience)
		defer cancel()

		ctx = short
	}

	return s.answer(ctx, ask)
}

func (s *sides) Peek() func(ctx context.Context, ask Ask) (Reply, error) {
	s.peeked++

	return s.answer
}

// wayOf is a way of a safe request on a route of its own.
func wayOf(side Side, r Route) *way {
	r.Name = "users"
	route := newRoute(r, telemetry.NewMetrics().Strangler().Route(r.Name))

	return &way{table: &Table{shadows: newShadows(nil)}, route: route, side: side, targets: [2]string{"/users/1", "/api/users/1"}, safe: true}
}

func BenchmarkAnswered(b *testing.B) {
	f := newFigures(telemetry.NewMetrics().Strangler().Route("users"))
	now := time.Now()

	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			f.answered(New, false, now, time.Millisecond)
		}
	})
}

func BenchmarkCarry(b *testing.B) {
	good := &sides{answer: func(context.Context, Ask) (Reply, error) { return Reply{}, nil }}

	for name, w := range map[string]*way{
		"new":          wayOf(New, Route{Mode: ModeNew}),
		"new-fallback": wayOf(New, Route{Mode: ModeNew, Fallback: true}),
		"old":          wayOf(Old, Route{Mode: ModeOld}),
		"shadow":       wayOf(Old, Route{Mode: ModeShadow}),
	} {
		b.Run(name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
			defer cancel()

			b.ReportAllocs()

			for b.Loop() {
				_ = w.carry(ctx, good)
			}
		})
	}
}
