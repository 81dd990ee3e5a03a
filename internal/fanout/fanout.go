// Package fanout fetches the sections of a page side by side.
//
// A section is declared once, with what its absence means. [Run] ends when all
// sections are in or the budget is spent, and reports how each one stands.
// Beside the flights of coalesced calls it is the only place that starts
// goroutines for a request. The package knows neither what is fetched nor how a
// client is told.
package fanout

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/need"
	"storefront/internal/telemetry"
)

// Part is one section of one page while it is fetched, and what came of it.
type Part[T any] struct {
	section Section
	get     func(context.Context) (fresh.Value[T], error)
	value   fresh.Value[T]
	err     error
}

// Of declares that section is had by get. get must end when its context does.
func Of[T any](section Section, get func(context.Context) (fresh.Value[T], error)) *Part[T] {
	return &Part[T]{section: section, get: get, value: fresh.None[T](fault.Canceled)}
}

// Value returns the section, or nil when it is omitted. Call it after [Run].
func (p *Part[T]) Value() *T {
	if p.value.State == fresh.Omitted {
		return nil
	}

	return &p.value.Of
}

// Status returns how the section stands. Call it after [Run].
func (p *Part[T]) Status() fresh.Status { return p.value.Status }

// Tags name what the section is about where it may be used again, as its value
// says. Call it after [Run].
func (p *Part[T]) Tags() []string {
	if tagged, ok := any(p.value.Of).(interface{ Tags() []string }); ok && !p.value.Until.IsZero() {
		return tagged.Tags()
	}

	return nil
}

// Err returns why the section is omitted, or nil. Call it after [Run].
func (p *Part[T]) Err() error { return p.err }

// Fetch is a [Part] of any type.
type Fetch interface {
	fetch(ctx context.Context)
	declared() Section
	Status() fresh.Status
	Tags() []string
	Err() error
}

func (p *Part[T]) declared() Section { return p.section }

// fetch has the section. A panic costs the section, not the process.
func (p *Part[T]) fetch(ctx context.Context) {
	defer func() {
		if v := recover(); v != nil {
			p.err = fmt.Errorf("panic in section %s: %v\n%s", p.section.Name, v, debug.Stack()) //nolint:err113 // For the log.
			p.value = fresh.None[T](fault.Unavailable)
			telemetry.RecordFrom(ctx).SetFault(p.err)
		}
	}()

	p.value, p.err = p.get(ctx)
	if p.err != nil {
		p.value = fresh.None[T](fault.KindOf(p.err))
	}
}

// Run fetches all parts side by side until they are in, the budget of ctx is
// spent, or one of them settles that there is no page. It returns how each
// section stands, in the order given. The error is nil when there is a page,
// whole or partial; else it is a *[fault.Error]: NotFound when the page's
// subject does not exist, Canceled when the client is gone, Unavailable when a
// required section or all of them are missing.
func Run(ctx context.Context, parts ...Fetch) (Report, error) {
	if err := fetch(ctx, parts); err != nil {
		return nil, err
	}

	return judge(parts)
}

// fetch has all parts side by side, the last one in this goroutine, which would
// have nothing to do but wait.
func fetch(ctx context.Context, parts []Fetch) error {
	last := len(parts) - 1

	switch last {
	case -1:
		return nil
	case 0:
		shares := newShares(ctx)
		defer shares.end()

		parts[0].fetch(shares.of(ctx, parts[0]))

		return settled(parts[0])
	}

	group, ctx := errgroup.WithContext(ctx)

	shares := newShares(ctx)
	defer shares.end()

	for _, part := range parts[:last] {
		ctx := shares.of(ctx, part)

		group.Go(func() error {
			part.fetch(ctx)

			return settled(part)
		})
	}

	parts[last].fetch(shares.of(ctx, parts[last]))

	if err := settled(parts[last]); err != nil {
		group.Go(func() error { return err }) // The group ends as with any of the others.
	}

	return group.Wait() //nolint:wrapcheck // It is one of ours.
}

// settled returns an error when part alone decides that there is no page, so
// that nobody waits for the other parts.
func settled(part Fetch) error {
	if part.declared().Subject && fault.KindOf(part.Err()) == fault.NotFound {
		return fault.New(fault.NotFound, "no such %s", part.declared().Name)
	}

	return nil
}

// judge decides whether what is in makes a page.
func judge(parts []Fetch) (Report, error) {
	report := make(Report, 0, len(parts))
	omitted := 0

	for _, part := range parts {
		section, status := part.declared(), part.Status()
		report = append(report, Standing{Section: section.Name, Status: status, Tags: part.Tags()})

		if status.State != fresh.Omitted {
			continue
		}

		omitted++

		switch {
		case status.Reason == fault.Canceled:
			return nil, fault.New(fault.Canceled, "nobody waits for section %s: %w", section.Name, part.Err())
		case section.Need == need.Required:
			return nil, fault.New(fault.Unavailable, "required section %s: %w", section.Name, part.Err())
		}
	}

	if omitted == len(parts) && omitted > 0 {
		return nil, fault.New(fault.Unavailable, "no section could be had; the last: %w", parts[omitted-1].Err())
	}

	return report, nil
}
