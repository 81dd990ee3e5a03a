package limit_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"storefront/internal/limit"
)

// BenchmarkAdmitted is what each page pays.
func BenchmarkAdmitted(b *testing.B) {
	l := limit.New(budget)
	header := http.Header{"Priority": {"u=1, i"}}
	deadline := time.Now().Add(time.Hour)
	ctx := context.Background()

	b.ReportAllocs()

	for b.Loop() {
		place, outcome := l.Enter(ctx, limit.ClassOf(header), deadline)
		if outcome != limit.Admitted {
			b.Fatal("there is no place")
		}

		l.Leave(place, true)
	}
}

// BenchmarkRefused is what one costs that finds no place.
func BenchmarkRefused(b *testing.B) {
	l := limit.New(budget)
	ctx := context.Background()

	for {
		if _, outcome := l.Enter(ctx, limit.Prefetch, time.Time{}); outcome != limit.Admitted {
			break
		}
	}

	header := http.Header{"Sec-Purpose": {"prefetch"}}
	deadline := time.Now().Add(-time.Hour) // Nobody waits.

	b.ReportAllocs()

	for b.Loop() {
		_, _ = l.Enter(ctx, limit.ClassOf(header), deadline)
	}
}
