package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/shop"
	"storefront/bench/internal/target"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// day is what a measurement of bad days stands on: services that can fail, as
// processes of their own, the BFFs over them, and a judge of their answers.
type day struct {
	*rig

	judge *verdict.Judge
	bffs  map[string]*child.Process
}

// serviceNames are the services that can fail.
func serviceNames() []string {
	return each(upstreamtest.Services(), func(s upstreamtest.Service) string { return string(s) })
}

// bffNames are the programs that can be asked.
func bffNames() []string { return []string{"mobile", "web", "tv"} }

// pageNames are the pages that can be asked for, by their keys.
func pageNames() []string {
	return each(verdict.Pages(), func(p *verdict.Page) string { return p.Key })
}

// pagesOf are the pages of BFFs.
func pagesOf(bffs []string) []*verdict.Page {
	return slices.DeleteFunc(verdict.Pages(), func(p *verdict.Page) bool { return !slices.Contains(bffs, p.Target) })
}

// page is the page of that key.
func page(key string) *verdict.Page {
	for _, p := range verdict.Pages() {
		if p.Key == key {
			return p
		}
	}

	return nil
}

// newDay starts shops, and BFFs over them: each service has as many replicas as
// there are shops where it is the replicated one, else the first shop's alone.
// The day must be closed.
func newDay(ctx context.Context, shops int, replicated upstreamtest.Service, bffs ...string) (d *day, err error) {
	d = &day{judge: verdict.NewJudge(), bffs: map[string]*child.Process{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()

	if d.rig, err = newBareRig(); err != nil {
		return d, err
	}

	for range shops {
		process, err := startSelf(ctx, shop.Names(), "shop")
		if err != nil {
			return d, err
		}

		d.shops = append(d.shops, process)
	}

	for _, name := range bffs {
		if err = d.open(ctx, name, d.replicas(replicated)); err != nil {
			return d, err
		}
	}

	return d, nil
}

// open builds and starts a BFF.
func (d *day) open(ctx context.Context, name string, urls map[string]string) error {
	program := map[string]target.Program{"mobile": target.Mobile(), "web": target.Web(), "tv": target.TV()}[name]

	binary, err := d.build(ctx, program)
	if err != nil {
		return err
	}

	d.bffs[name], err = d.launch(func() (*child.Process, error) { return binary.Start(ctx, urls, "") })

	return err
}

// replicas are the URLs of the services by name, separated by commas where there
// are several.
func (d *day) replicas(replicated upstreamtest.Service) map[string]string {
	urls := map[string]string{}

	for _, service := range upstreamtest.Services() {
		shops := d.shops
		if service != replicated {
			shops = shops[:1]
		}

		urls[string(service)] = strings.Join(each(shops, func(p *child.Process) string { return p.URL(string(service)) }), ",")
	}

	return urls
}

// close stops everything.
func (d *day) close() error {
	err := d.judge.Close()
	if d.rig != nil {
		err = errors.Join(err, d.rig.close())
	}

	return err
}

// shop is the control of one of the shops.
func (d *day) shop(n int) shop.Remote { return shop.Remote(d.shops[n].URL(shop.Control)) }

// latencyOf is what a service that is well has: half of all calls keep to a
// time, and all but one in a hundred to 1.4 times that; none at all where it is 0.
func latencyOf(takes time.Duration, seed uint64) []upstreamtest.Fault {
	const spread = 1.4

	if takes <= 0 {
		return nil
	}

	return []upstreamtest.Fault{upstreamtest.LatencySpread(takes, time.Duration(spread*float64(takes))).Seed(seed)}
}

// pace makes all services of a shop well, with such a time for each call.
func (d *day) pace(ctx context.Context, shop int, takes time.Duration, seed uint64) (err error) {
	for n, service := range upstreamtest.Services() {
		err = errors.Join(err, d.shop(shop).Fail(ctx, service, latencyOf(takes, seed+uint64(n))...))
	}

	return err
}

// visit is a run of requests for a page, each judged.
type visit struct {
	page *verdict.Page
	plan load.Plan
	// who is asked for, and what is to be known of it.
	who func(n int) verdict.Asked
	// see takes what came back for the nth request; concurrently.
	see func(n int, a load.Answer, v verdict.Verdict)
}

// connectionsFor are enough for an open loop when every answer takes as long as
// it may, and so few that none lies idle until the BFF closes it.
func connectionsFor(rate int, p *verdict.Page) int {
	const margin = 500 * time.Millisecond

	return min(load.MaxConnections, 1+int(float64(rate)*(p.Budget+margin).Seconds()))
}

// visit carries out a visit. A request without an answer does not end it where
// the plan has somebody to be told.
func (d *day) visit(ctx context.Context, v visit) (*load.Result, error) {
	v.plan.Addr = address(d.bffs[v.page.Target].URL(v.page.Target))
	v.plan.Call = func(n int) load.Call { return v.page.For(v.who(n).User) }
	v.plan.Check = func(n int, a load.Answer) error {
		v.see(n, a, d.judge.Judge(v.page, v.who(n), a))

		return nil
	}

	result, err := load.Run(ctx, v.plan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.page.Name, err)
	}

	return result, nil
}

var errUnwell = errors.New("pages are not whole though every service is well")

// warm asks for the page of each of the users until all of them are whole, so
// that everything is at hand, and what was broken before has mended.
func (d *day) warm(ctx context.Context, p *verdict.Page, users []string) error {
	const (
		patience, pause = 30 * time.Second, 200 * time.Millisecond
		connections     = 8
	)

	for begin := time.Now(); ; {
		found := make([]verdict.Verdict, len(users))

		_, err := d.visit(ctx, visit{
			page: p, plan: load.Plan{Connections: min(connections, len(users)), Requests: len(users)},
			who: func(n int) verdict.Asked { return verdict.Asked{User: users[n]} },
			see: func(n int, _ load.Answer, v verdict.Verdict) { found[n] = v },
		})
		if err != nil {
			return err
		}

		bad := slices.IndexFunc(found, func(v verdict.Verdict) bool { return v.Kind != verdict.Whole })
		if bad < 0 {
			return nil
		}

		if time.Since(begin) > patience {
			return fmt.Errorf("%s: %w: after %s one is %s: %s", p.Name, errUnwell, patience, found[bad].Kind, found[bad].Why)
		}

		if !sleep(ctx, pause) {
			return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
		}
	}
}

// users are the ids of count users from the first on.
func users(first, count int) []string {
	ids := make([]string, count)
	for n := range ids {
		ids[n] = verdict.UserID(first + n)
	}

	return ids
}
