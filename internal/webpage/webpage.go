// Package webpage serves one page of HTML together with the scripts and styles
// that it names, all from memory: nothing is read from a disk or another host
// while it runs, and browsers are told to allow nothing else.
//
// It knows no BFF and no content: a page and its assets are given to it.
package webpage

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
)

// Page is what there is to serve.
type Page struct {
	// Paths are where the page is, such as "/".
	Paths []string
	// Assets is the path under which its assets are, with a slash at the end.
	Assets string
	// Policy is the Content-Security-Policy of every answer.
	Policy string
	// HTML is the text of a html/template.
	HTML string
	// Sources gives the template a function for each place that assets come
	// from: {{ours "page.css"}} with "ours" here is the URL of that file. A
	// file that is stored in gzip (page.css.gz) is served without it.
	Sources map[string]fs.FS
	// Data is what the template is executed with.
	Data any
}

// Handler serves the page and the assets that its template names, to GET and
// HEAD alone; another method is 405, another path 404, both with problem
// details. It fails if the template does, or names an asset that is not there.
func (p Page) Handler() (http.Handler, error) {
	handlers := site{}

	body, err := p.render(func(a asset) { handlers[a.url] = a })
	if err != nil {
		return nil, fmt.Errorf("webpage: %w", err)
	}

	for _, path := range p.Paths {
		handlers[path] = document{etag: etag(checksum(body)), body: body}
	}

	return secured(p.Policy, handlers), nil
}

// render executes the template once; mount receives each asset it names.
func (p Page) render(mount func(asset)) ([]byte, error) {
	functions := template.FuncMap{}
	for name, source := range p.Sources {
		functions[name] = func(file string) (string, error) {
			a, err := newAsset(p.Assets, source, file)
			if err == nil {
				mount(a)
			}

			return a.url, err
		}
	}

	html, err := template.New("page").Funcs(functions).Parse(p.HTML)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}

	var body bytes.Buffer
	if err := html.Execute(&body, p.Data); err != nil {
		return nil, fmt.Errorf("execute: %w", err)
	}

	return body.Bytes(), nil
}

// document is the rendered HTML. It differs between builds, never between
// requests.
type document struct {
	etag string
	body []byte
}

// ServeHTTP has the browser ask each time: the page names its assets by their
// checksums, so a page of an older build would ask for assets that are gone.
func (d document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	serve(w, r, "text/html; charset=utf-8", d.etag, d.body)
}
