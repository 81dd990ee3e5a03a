// Package playground is the page on which a person tries the web BFF's
// GraphQL API: GraphiQL, its assets and a few example operations, all
// embedded, so that it works with no network at all.
//
// It knows the path of the GraphQL endpoint and nothing of the schema behind
// it; the examples are data that a test elsewhere runs against that schema.
package playground

import (
	"embed"
	"io/fs"
	"net/http"

	"storefront/internal/webpage"
)

//go:embed page/page.html
var html string

// files are the page's assets; third_party/NOTICE.md says what they are.
//
//go:embed page/page.css page/boot.js page/icon.svg
//go:embed third_party/*.js third_party/*.css third_party/LICENSES.txt
var files embed.FS

// policy lets the page load its own files and call its own server, and
// nothing else in the world. Styles alone may stand inline, because GraphiQL
// adds a style element for its dialogs; its fonts and icons are data: URLs in
// its style sheet.
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at "/" and its assets under "/playground/", to GET
// and HEAD alone; another method is 405, another path 404, both with problem
// details.
//
// It panics if the embedded page and its assets do not fit each other, which
// no input can bring about.
func Handler() http.Handler {
	home := webpage.Page{
		Paths:   []string{"/"},
		Assets:  "/playground/",
		Policy:  policy,
		HTML:    html,
		Sources: map[string]fs.FS{"asset": files},
		Data:    Examples(),
	}

	handler, err := home.Handler()
	if err != nil {
		panic(err)
	}

	return handler
}
