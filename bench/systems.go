package main

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strconv"

	"storefront/bench/internal/child"
	"storefront/bench/internal/front"
	"storefront/bench/internal/routes"
	"storefront/bench/internal/target"
)

// systems are the old system and the new services as they really are, each a
// process of its own over its own data, and the program between them and the
// clients.
type systems struct {
	*rig

	urls       map[string]string // of the services and the monolith, by name
	monolith   target.Binary
	storefront target.Binary
	old        *child.Process // nil while the monolith is stopped
	process    *child.Process // the program, nil while none runs
	started    int            // programs so far
}

// newSystems builds everything and starts all but the program. They must be
// closed.
func newSystems(ctx context.Context) (s *systems, err error) {
	s = &systems{urls: map[string]string{}}
	if s.rig, err = newBareRig(); err != nil {
		return nil, err
	}

	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()

	for _, name := range []string{"user", "product", "order"} {
		binary, err := s.build(ctx, target.Service(name))
		if err != nil {
			return nil, err
		}

		process, err := s.launch(func() (*child.Process, error) {
			return binary.Start(ctx, nil, s.log(name), "DATA_DIR="+s.data(name))
		})
		if err != nil {
			return nil, err
		}

		s.urls[name] = process.URL(name)
	}

	if s.monolith, err = s.build(ctx, target.Monolith("127.0.0.1:0")); err != nil {
		return nil, err
	}

	if err = s.startMonolith(ctx); err != nil {
		return nil, err
	}

	// The next time it is to be where it was.
	s.urls["monolith"] = s.old.URL("monolith")
	s.monolith.Env = target.Monolith(address(s.urls["monolith"])).Env

	s.storefront, err = s.build(ctx, target.Storefront())

	return s, err
}

func (s *systems) data(name string) string { return filepath.Join(s.dir, name+"-data") }
func (s *systems) log(name string) string  { return filepath.Join(s.dir, name+".log") }

// startMonolith starts the old system over its data.
func (s *systems) startMonolith(ctx context.Context) (err error) {
	s.old, err = s.monolith.Start(ctx, s.urls, s.log("monolith"), "DATA_DIR="+s.data("monolith"))

	return err
}

// stopMonolith stops it as an operator does.
func (s *systems) stopMonolith() error {
	if s.old == nil {
		return nil
	}

	defer func() { s.old = nil }()

	return s.old.Stop()
}

// startFront stands before the new user service.
func (s *systems) startFront(ctx context.Context, args ...string) (*child.Process, error) {
	args = append([]string{"front", "-to=" + s.urls["user"]}, args...)

	return s.launch(func() (*child.Process, error) { return startSelf(ctx, []string{front.Name, front.Control}, args...) })
}

// open starts a program that follows these routes, in a file of its own. Its user
// service is at another place where user is not "".
func (s *systems) open(ctx context.Context, file routes.File, user string) error {
	if err := file.Write(s.routesFile()); err != nil {
		return err
	}

	return s.reopen(ctx, user)
}

// routesFile is where the program has its routes.
func (s *systems) routesFile() string { return filepath.Join(s.dir, "routes.json") }

// reopen starts a program that finds its routes as the last one left them.
func (s *systems) reopen(ctx context.Context, user string) (err error) {
	urls := maps.Clone(s.urls)
	if user != "" {
		urls["user"] = user
	}

	s.started++
	log := s.log("storefront-" + strconv.Itoa(s.started))
	s.process, err = s.storefront.Start(ctx, urls, log, "DATA_DIR="+s.data("storefront"), "STRANGLER_ROUTES="+s.routesFile())

	return err
}

// shut stops the program.
func (s *systems) shut() error {
	if s.process == nil {
		return nil
	}

	defer func() { s.process = nil }()

	return s.process.Stop()
}

// routes are those of the program that runs.
func (s *systems) routes() routes.Remote { return routes.Remote(s.process.URL("ops")) }

// close stops everything.
func (s *systems) close() error { return errors.Join(s.shut(), s.stopMonolith(), s.rig.close()) }
