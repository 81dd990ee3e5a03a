package upstream

import (
	"net/url"

	"storefront/internal/config"
)

// DeclareMoving adds the settings of a program that calls none of those services
// by itself, and stands before them and the old system that they take over from:
// where that is and which routes move must be set. A service without a URL is
// still to come.
func DeclareMoving(env *config.Env, services ...Name) *Settings {
	s := &Settings{base: make(map[Name]*[]*url.URL, len(services))}

	env.URL(&s.moving.old, oldName, oldMeaning)
	env.RequiredPath(&s.moving.file, routesName, routesMeaning)

	for _, name := range services {
		s.base[name] = new([]*url.URL)
		env.OptionalURLs(s.base[name], name.variable(), "all its routes are old", name.meaning())
	}

	return s
}
