package strangler

import (
	"context"
	"net/http"

	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/session"
)

// Divider returns what divides the requests of our own clients to a service
// between it and the old system.
func (t *Table) Divider(service string) resilience.Divider { return &divider{t, service} }

// divider divides the requests to one service.
type divider struct {
	table   *Table
	service string
}

// Divides reports whether any request is the old side's, or may come to be.
func (d *divider) Divides() bool { return d.table.routes.Load().divided[d.service] }

// Due is how a request for target is to be answered.
func (d *divider) Due(ctx context.Context, target string) resilience.Due {
	w, found := d.table.routes.Load().byNew(d.table, d.service, http.MethodGet, target, whom(ctx))
	if !found {
		return resilience.Due{}
	}

	return resilience.Due{Side: w.side, StandsIn: w.route.Fallback, ByUser: w.byUser}
}

// whom a request goes by that names no user itself: whose page it is for, else who
// asks.
func whom(ctx context.Context) string {
	if user := session.Whom(ctx); user != "" {
		return user
	}

	return string(session.From(ctx))
}

// isAbsent reports whether the service is called, and has no URL yet.
func (d *divider) isAbsent() bool {
	bases := d.table.options.Services[d.service]

	return bases != nil && len(bases) == 0
}

// Carry has a request for target be answered by the side that its route says; a
// request without a route by the service, for the old system may have something
// else at its path.
func (d *divider) Carry(ctx context.Context, target string, sides Sides) error {
	w, found := d.table.routes.Load().byNew(d.table, d.service, http.MethodGet, target, whom(ctx))
	if !found {
		if d.isAbsent() {
			return fault.New(fault.Unavailable, "no route is about this request, and the %s service is not there yet", d.service)
		}

		_, err := sides.Answer(ctx, Ask{Side: New, Target: target})

		return err
	}

	return w.carry(ctx, sides)
}
