package web

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/wire"
	"storefront/upstream/customer"
	"storefront/upstream/order"
	"storefront/upstream/product"
	"storefront/upstream/user"
)

// had is a part that came as value.
func had[T any](id string, value fresh.Value[T]) part[T] {
	one := fanout.Of(fanout.Section{Name: id}, func(context.Context) (fresh.Value[T], error) { return value, nil })

	_, _ = fanout.Run(context.Background(), one) // What is missing is missing.

	return part[T]{id: id, Part: one}
}

// until is a fresh value that may be used again for so many seconds.
func until[T any](at time.Time, seconds int, public bool, value T) fresh.Value[T] {
	return fresh.Value[T]{Of: value, Status: fresh.Status{Until: at.Add(time.Duration(seconds) * time.Second), Public: public}}
}

func TestTerms(t *testing.T) {
	t.Parallel()

	now := time.Now()
	lamp := product.Product{ID: wire.ID{Text: "lamp"}}
	first := order.Order{ID: wire.ID{Text: "o1"}}

	tests := map[string]struct {
		page Page
		want fresh.Terms
	}{
		"a product": {
			Page{products: had("", until(now, 60, true, product.List{lamp})).Part, asked: []string{"lamp", "gone"}},
			fresh.Terms{Until: now.Add(time.Minute), Public: true, Tags: []string{"product:lamp", "product:gone"}},
		},
		"a dashboard": {
			Page{
				users:       parts[user.User]{had("u", until(now, 90, false, user.User{}))},
				recommended: parts[product.List]{had("u", until(now, 60, true, product.List{lamp}))},
				orders:      parts[order.List]{had("u", until(now, 30, false, order.List{first}))},
				items:       &itemProducts{batches: []batch{{ids: []string{"lamp"}, value: until(now, 20, true, product.List{lamp})}}},
			},
			fresh.Terms{Until: now.Add(20 * time.Second), Tags: []string{"user:u", "user:u", "product:lamp", "user:u", "order:o1", "product:lamp"}},
		},
		"a customer": {
			Page{customers: parts[customer.Customer]{had("u", until(now, 20, false, customer.Customer{}))}},
			fresh.Terms{Until: now.Add(20 * time.Second), Tags: []string{"customer:u"}},
		},
		"an order": {
			Page{single: parts[order.Order]{had("o1", until(now, 30, false, first))}},
			fresh.Terms{Until: now.Add(30 * time.Second), Tags: []string{"order:o1"}},
		},
		"one that the service does not let be used again": {
			Page{
				users:       parts[user.User]{had("u", until(now, 90, false, user.User{}))},
				recommended: parts[product.List]{had("u", fresh.Now(product.List{lamp}))},
			},
			fresh.Terms{},
		},
		"an old one": {
			Page{orders: parts[order.List]{had("u", fresh.Old(order.List{first}, fault.Timeout, time.Second))}}, fresh.Terms{},
		},
		"a missing one": {
			Page{users: parts[user.User]{had("u", fresh.None[user.User](fault.NotFound))}}, fresh.Terms{},
		},
		"items that are too many": {
			Page{items: &itemProducts{batches: []batch{{ids: []string{"x"}, value: fresh.None[product.List](fault.Overload)}}}}, fresh.Terms{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(test.want, test.page.Terms()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestItemsStatus: the items part stands as its worst batch does.
func TestItemsStatus(t *testing.T) {
	t.Parallel()

	now := time.Now()
	long, short := batch{value: until(now, 60, true, product.List{})}, batch{value: until(now, 30, false, product.List{})}
	missing := batch{value: fresh.None[product.List](fault.Timeout)}

	for name, test := range map[string]struct {
		batches []batch
		want    fresh.Status
	}{
		"none":        {nil, fresh.Status{}},
		"two":         {[]batch{long, short}, fresh.Status{Until: now.Add(30 * time.Second)}},
		"one missing": {[]batch{long, missing, short}, fresh.Status{State: fresh.Omitted, Reason: fault.Timeout}},
	} {
		if diff := cmp.Diff(test.want, (&itemProducts{batches: test.batches}).status()); diff != "" {
			t.Error(name, diff)
		}
	}
}

// TestPlan counts the calls that a plan takes at worst, and one after the other.
func TestPlan(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		need         func(*Plan)
		calls, waves int
	}{
		"nothing":        {func(*Plan) {}, 0, 0},
		"a user":         {func(p *Plan) { p.NeedUser("a"); p.NeedUser("a") }, 1, 1},
		"three products": {func(p *Plan) { p.NeedProduct("a"); p.NeedProduct("b"); p.NeedProduct("c") }, 1, 1},
		"two lists": {func(p *Plan) {
			p.NeedRecommended("a", 1)
			p.NeedRecommended("a", 9)
			p.NeedOrders("a", 1, false)
		}, 2, 1},
		"items, each list with a late call of its own": {func(p *Plan) {
			p.NeedOrders("a", 1, false)
			p.NeedOrders("a", 1, true)
			p.NeedOrder("o", true)
			p.NeedOrder("p", false)
		}, 5, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var plan Plan

			test.need(&plan)

			if plan.Calls() != test.calls || plan.Waves() != test.waves {
				t.Errorf("%d calls in %d waves, want %d in %d", plan.Calls(), plan.Waves(), test.calls, test.waves)
			}
		})
	}
}
