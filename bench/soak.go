package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/bench/internal/child"
	"storefront/bench/internal/load"
	"storefront/bench/internal/profile"
	"storefront/bench/internal/report"
	"storefront/bench/internal/verdict"
	"storefront/upstream/upstreamtest"
)

// soak is one measurement of what stays behind in a long time of bad days.
type soak struct {
	outcome

	time, slice, change *time.Duration
	rate, users         *int
	seed                *uint64
	bffs                *some

	day     *day
	chances *rand.Rand // of what happens next; for one goroutine
	levels  map[string][]level

	mu       sync.Mutex
	pages    map[string]*counts
	examples []string
}

// level is what a program holds when nobody asks anything.
type level struct {
	heap       int64 // memory with objects in it, after a collection, in bytes
	resident   int64 // in bytes
	goroutines int
}

func runSoak(ctx context.Context, args []string, stdout io.Writer) error {
	const (
		lasts, slice, change = 20 * time.Minute, 10 * time.Second, 3 * time.Second
		rate, users          = 50, 2000
		longest, limit       = 23 * time.Hour, 24 * time.Hour
		maxSoakRate          = 1000
	)

	flags := newOptions("soak")
	s := &soak{
		time:    flags.duration("time", lasts, slice, longest, "how long it takes"),
		slice:   flags.duration("slice", slice, time.Second, time.Hour, "how long the load lasts between two looks"),
		change:  flags.duration("change", change, time.Millisecond, time.Hour, "how often something else goes wrong"),
		rate:    flags.count("rate", rate, maxSoakRate, "how many requests for each page are due in a second"),
		users:   flags.count("users", users, firstNew, "how many users ask, in any order"),
		seed:    flags.flags.Uint64("seed", 1, "what happens when follows from it"),
		bffs:    flags.some("bff", bffNames(), "BFFs that are asked"),
		outcome: flags.outcome(limit),
		levels:  map[string][]level{}, pages: map[string]*counts{},
	}

	if err := flags.parse(args); err != nil {
		return err
	}

	s.chances = rand.New(rand.NewPCG(*s.seed, 0)) //nolint:gosec // It is to be repeated, and no secret.

	ctx, cancel := s.bound(ctx)
	defer cancel()

	section, err := s.measure(ctx)
	if err != nil {
		return fmt.Errorf("soak: %w", err)
	}

	section.Command = invocation("soak", args)

	return s.finish(stdout, section)
}

func (s *soak) measure(ctx context.Context) (section *report.Section, err error) {
	if s.day, err = newDay(ctx, 1, "", s.bffs.list()...); err != nil {
		return nil, err
	}

	defer func() { err = errors.Join(err, s.day.close()) }()

	// What is stored is full before anything counts.
	for _, p := range pagesOf(s.bffs.list()) {
		s.pages[p.Key] = new(counts)

		if err = s.day.warm(ctx, p, users(0, *s.users)); err != nil {
			return nil, err
		}
	}

	_, err = s.day.observe(ctx, s.day.shops[0], func() (requests int, err error) {
		for begin := time.Now(); time.Since(begin) < *s.time; {
			if err = s.turn(ctx); err != nil {
				return 0, err
			}
		}

		return 1, nil
	})
	if err != nil {
		return nil, err
	}

	return s.section()
}

// turn is some load while this and that goes wrong, and a look at what is left
// of it once all who asked have gone.
func (s *soak) turn(ctx context.Context) error {
	group, loading := errgroup.WithContext(ctx)
	changing, stop := context.WithTimeout(loading, *s.slice)

	defer stop()

	for n, p := range pagesOf(s.bffs.list()) {
		chances := rand.New(rand.NewPCG(s.chances.Uint64(), uint64(n))) //nolint:gosec // As above.

		group.Go(func() error { return s.load(loading, p, chances) })
	}

	group.Go(func() error {
		for changing.Err() == nil {
			if err := s.trouble(loading); err != nil {
				return err
			}

			sleep(changing, *s.change)
		}

		return nil
	})

	if err := group.Wait(); err != nil {
		return err //nolint:wrapcheck // It is our own.
	}

	return s.look(ctx)
}

// load asks for a page of users in any order.
func (s *soak) load(ctx context.Context, p *verdict.Page, chances *rand.Rand) error {
	ids := make([]int, *s.rate*int(1+s.slice.Seconds()))
	for n := range ids {
		ids[n] = chances.IntN(*s.users)
	}

	_, err := s.day.visit(ctx, visit{
		page: p,
		plan: load.Plan{
			Connections: connectionsFor(*s.rate, p), Requests: len(ids), Rate: float64(*s.rate), For: *s.slice,
			Lost: func(_ int, _ time.Time, err error) { s.miss(p, err) },
		},
		who: func(n int) verdict.Asked { return verdict.Asked{User: verdict.UserID(ids[n])} },
		see: func(_ int, a load.Answer, v verdict.Verdict) { s.see(p, a, v) },
	})

	return err
}

// see counts an answer.
func (s *soak) see(p *verdict.Page, a load.Answer, v verdict.Verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.pages[p.Key].tally.Add(v)

	if a.Took > p.Budget+grace {
		s.pages[p.Key].late++
	}

	if v.Kind >= verdict.Wrong && len(s.examples) < maxExamples {
		s.examples = append(s.examples, p.Name+": "+v.Kind.String()+": "+v.Why)
	}
}

// miss counts a request without an answer.
func (s *soak) miss(p *verdict.Page, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.pages[p.Key].lost++

	if len(s.examples) < maxExamples {
		s.examples = append(s.examples, p.Name+": no answer: "+err.Error())
	}
}

// trouble has something happen to one of the services: another preset, or its
// end. Strangers' lists are not among them: they would be shown, and kept, as
// what they cannot be told from.
func (s *soak) trouble(ctx context.Context) error {
	const well = 4 // one time in four

	service := upstreamtest.Services()[s.chances.IntN(len(upstreamtest.Services()))]
	preset := upstreamtest.Presets()[s.chances.IntN(len(upstreamtest.Presets()))]
	seed, heals := s.chances.Uint64(), s.chances.IntN(well) == 0

	if heals || (preset == strangers && service != upstreamtest.User) {
		return s.day.shop(0).Fail(ctx, service)
	}

	faults, err := upstreamtest.Preset(preset, seed)
	if err != nil {
		return err
	}

	return s.day.shop(0).Fail(ctx, service, faults...)
}

// look waits until what was asked has ended, and reads what each program holds.
func (s *soak) look(ctx context.Context) error {
	const pause = 2500 * time.Millisecond // longer than any budget

	if !sleep(ctx, pause) {
		return context.Cause(ctx) //nolint:wrapcheck // It says why the measurement ended.
	}

	for name, process := range s.day.bffs {
		level, err := s.level(ctx, process)
		if err != nil {
			return err
		}

		s.levels[name] = append(s.levels[name], level)
	}

	return nil
}

func (s *soak) level(ctx context.Context, process *child.Process) (l level, err error) {
	busy, err := goroutines(ctx, process)
	if err != nil {
		return l, err
	}

	var heap profile.Heap

	for range 2 { // What is pooled goes with the second collection.
		err = fetch(ctx, process.URL("ops")+"/debug/pprof/heap?gc=1&debug=1", func(body io.Reader) (err error) {
			heap, err = profile.ReadHeap(body)

			return err
		})
		if err != nil {
			return l, err
		}
	}

	memory, err := s.day.machine.Memory(process.PID())

	return level{heap: heap.InUse, resident: memory.Resident, goroutines: busy.Total()}, err
}
