// Package apidocs is the page on which a person browses and tries a REST
// BFF's API: Swagger UI over the OpenAPI document that the same server has at
// /openapi.json. Everything is embedded, so that it works with no network.
//
// It knows no BFF and no operation: the document says what there is.
//
// The files of Swagger UI are those that the module github.com/swaggest/swgui
// holds, at the version in go.mod. That module's page is not used: this one
// needs no inline script, so that its Content-Security-Policy can be strict,
// and its assets have checksums in their URLs, so that browsers may keep them.
package apidocs

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/swaggest/swgui/v5/static"

	"storefront/internal/webpage"
)

//go:embed page/page.html
var html string

//go:embed page/page.css page/boot.js
var files embed.FS

// policy lets the page load its own files and call its own server, and
// nothing else in the world. Swagger UI's icons are data: URLs in its style
// sheet.
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; " +
	"style-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at "/docs" and "/docs/" and its assets below, to
// GET and HEAD alone; another method is 405, another path 404, both with
// problem details. The title is what the browser's tab shows.
//
// It panics if the embedded page and its assets do not fit each other, which
// no input can bring about.
func Handler(title string) http.Handler {
	docs := webpage.Page{
		Paths:   []string{"/docs", "/docs/"},
		Assets:  "/docs/",
		Policy:  policy,
		HTML:    html,
		Sources: map[string]fs.FS{"ours": files, "swagger": static.FS},
		Data:    title,
	}

	handler, err := docs.Handler()
	if err != nil {
		panic(err)
	}

	return handler
}
