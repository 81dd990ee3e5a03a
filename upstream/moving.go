package upstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"

	"storefront/internal/config"
	"storefront/internal/resilience"
	"storefront/internal/serve"
	"storefront/upstream/strangler"
)

// Monolith is the old system that the user, product and order services take
// over from.
const Monolith = "monolith"

const (
	oldName    = "MONOLITH_URL"
	oldMeaning = "base URL of the old system that the user, product and order services take over from"

	routesName    = "STRANGLER_ROUTES"
	routesMeaning = "file that says route by route whether the old system or the new service answers"
)

// moving is what moves from an old system to the services, and how far it is.
type moving struct {
	old        *url.URL // nil: there is none
	file       string
	embeddable bool
	embedded   bool             // the old system is
	table      *strangler.Table // nil: every request goes to its service
}

func (m *moving) declare(env *config.Env) {
	env.OptionalURL(&m.old, oldName, "none", oldMeaning)
	env.Path(&m.file, routesName, "every request goes to its service", routesMeaning)
}

func (m *moving) declareEmbeddable(env *config.Env) {
	m.embeddable = true

	env.OptionalURL(&m.old, oldName, "embedded beside all three, else none", oldMeaning)
	env.Path(&m.file, routesName, "strangler.yaml beside the embedded services' data", routesMeaning)
}

var (
	errNoOld    = errors.New(routesName + " is set and " + oldName + " is not")
	errNoRoutes = errors.New(oldName + " is set and " + routesName + " is not")
)

// Follow has the services share their requests with an old system as the routes
// file says, which is followed for as long as app runs. dir is where the file is
// that is not set; without it there is none. The table is nil where nothing
// moves. It is called before [Settings.Open], and when all services are located.
func (s *Settings) Follow(app *serve.App, dir string) (*strangler.Table, error) {
	m := &s.moving

	switch {
	case m.file == "" && (m.old == nil || dir == "" && m.embeddable):
		return nil, nil //nolint:nilnil // Nothing moves.
	case m.file == "" && !m.embeddable:
		return nil, errNoRoutes
	case m.old == nil:
		return nil, errNoOld
	}

	options := s.movingOptions(dir)
	options.Log, options.Metrics, options.Back = app.Log, app.Metrics.Strangler(), func(services []string) { forget(app, services) }

	table, err := strangler.Open(context.Background(), options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", routesName, err)
	}

	m.table = table

	app.Defer(table.Close)

	for pattern, handler := range table.Handlers() {
		app.Ops(pattern, handler)
	}

	return table, nil
}

// movingOptions are what the table of routes needs to know of the settings.
func (s *Settings) movingOptions(dir string) strangler.Options {
	m := &s.moving
	o := strangler.Options{
		File: m.file, MustExist: m.file != "", Old: m.old.String(), Services: map[string][]string{},
		Default: strangler.Shop(strangler.ModeOld),
	}

	if o.File == "" {
		o.File = filepath.Join(dir, "strangler.yaml")
	}

	if m.embedded { // It is there to be looked at; the services are what the shop runs on.
		o.Default = strangler.Shop(strangler.ModeNew)
	}

	for _, name := range movable {
		o.Services[string(name)] = s.replicas(name)
	}

	return o
}

// forget has what was kept be asked for again: it may be what new services have
// said that are not trusted any more. Each replica does so when it follows; of what
// they share it is only what those services have said, so that nothing is asked for
// once for each of them.
func forget(app *serve.App, services []string) {
	ctx := context.Background() // It is for all who ask.

	tags := make([]string, len(services))
	for i, service := range services {
		tags[i] = resilience.NewSideTag(service)
	}

	purged, err := app.Caches.Renew(ctx, tags...)
	app.Log.LogAttrs(ctx, slog.LevelInfo, "caches renewed", slog.Int("entries", purged), slog.Any("error", err))
}

// movable are the services that take over from the old system. One that this
// program does not call may stand in its routes file all the same.
var movable = [...]Name{User, Product, Order} //nolint:gochecknoglobals // A constant.

// replicas are the base URLs of a service.
func (s *Settings) replicas(name Name) (all []string) {
	base := s.base[name]
	if base == nil {
		return nil
	}

	all = make([]string, 0, len(*base)) // None is not nil: it is called, and not there yet.
	for _, at := range *base {
		all = append(all, at.String())
	}

	return all
}

// moves reports whether all services are missing that take over from the old
// system: the one that is embedded is theirs, and nobody else's.
func (s *Settings) moves(missing []string) bool {
	for _, name := range movable {
		if s.base[name] == nil || !slices.Contains(missing, string(name)) {
			return false
		}
	}

	return true
}

// dividers are what divides the requests to services, by service, and the base
// URL of the old system.
func (m *moving) dividers() (old string, by map[string]resilience.Divider) {
	if m.table == nil {
		return "", nil
	}

	by = map[string]resilience.Divider{}
	for _, name := range movable {
		by[string(name)] = m.table.Divider(string(name))
	}

	return m.old.String(), by
}
