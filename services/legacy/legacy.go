// Package legacy is what the shop ran on before it had services, and still runs
// on in part: the customer system, whose shape nobody would choose today, and
// the monolith that the services replace one route at a time.
//
// They stand for systems of other teams: each owns its database file, answers
// over HTTP alone, and knows nothing of the services or the BFFs. Neither says a
// word about caching, as systems of their age do.
package legacy

import (
	"embed"
	"io/fs"
)

//go:embed customers/migrations/*.sql monolith/migrations/*.sql
var schemas embed.FS

// schema is the folder with a database's migrations.
func schema(name string) fs.FS {
	files, err := fs.Sub(schemas, name)
	if err != nil { // the name is no path
		panic(err)
	}
	return files
}
