package strangler

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"storefront/internal/problem"
)

var (
	errStale     = errors.New("the routes are others by now")
	errNoSuch    = errors.New("there is no such route")
	errBadChange = errors.New(`must be an object with any of mode (a text), percent (a whole number) and fallback (true or false), such as {"mode":"old"}`)
)

// Handlers are the routes of the operations port, by pattern. Who may ask is
// decided before them.
func (t *Table) Handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /strangler/routes":          t.getRoutes,
		"PUT /strangler/routes":          t.putRoutes,
		"PATCH /strangler/routes/{name}": t.patchRoute,
		"GET /strangler/report":          t.report,
		"DELETE /strangler/report":       t.forget,
	}
}

// getRoutes answers with the routes in force: all that they mean, or for who wants
// YAML the text that they were read from, comments and all, which can be edited and
// put back.
func (t *Table) getRoutes(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")

	if !wantsText(strings.Join(r.Header.Values("Accept"), ",")) {
		t.show(w, http.StatusOK)

		return
	}

	d := t.now.Load().document

	w.Header().Set("Content-Type", "application/yaml") // JSON is some.
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", strconv.Quote(d.revision()))
	_, _ = w.Write(d.data) // The operator may be gone.
}

// wantsText reports whether YAML is liked more than JSON.
func wantsText(accept string) bool {
	most := 0.0
	for _, media := range []string{"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"} {
		most = max(most, likes(accept, media))
	}

	return most > likes(accept, "application/json")
}

// show answers with the routes in force.
func (t *Table) show(w http.ResponseWriter, status int) {
	now := t.now.Load()
	revision := now.document.revision()

	body, _ := json.Marshal(struct { //nolint:errchkjson // What was parsed can be encoded.
		Source    string `json:"file"`
		Revision  string `json:"revision"`
		FileError string `json:"file_error,omitempty"`
		Unwritten string `json:"not_written,omitempty"`
		File
	}{t.options.File, revision, now.fileError, now.unwritten, now.document.whole})

	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", strconv.Quote(revision))
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // The operator may be gone.
}

// putRoutes takes a whole file, as it is to be.
func (t *Table) putRoutes(w http.ResponseWriter, r *http.Request) {
	body, ok := operatorsBody(w, r)
	if !ok {
		return
	}

	// What is wrong is refused before anybody waits for it, be it slow to read.
	if _, err := parse(body, t.options.Services); err != nil {
		t.answer(w, r, err)

		return
	}

	t.operate(w, r, true, func(*document) ([]byte, error) { return body, nil })
}

// patchRoute changes mode, percent and fallback of one route.
func (t *Table) patchRoute(w http.ResponseWriter, r *http.Request) {
	body, ok := operatorsBody(w, r)
	if !ok {
		return
	}

	var patch patch
	if err := patch.read(body); err != nil {
		problem.Refuse(w, r, http.StatusBadRequest, "The body "+err.Error()+".")

		return
	}

	t.operate(w, r, false, func(d *document) ([]byte, error) {
		i := d.route(r.PathValue("name"))
		if i < 0 {
			return nil, errNoSuch
		}

		return d.set(i, patch.settings(&d.whole.Routes[i]))
	})
}

// operate changes the routes for an operator, and shows them.
func (t *Table) operate(w http.ResponseWriter, r *http.Request, replaces bool, next func(*document) ([]byte, error)) {
	from := origin{"operator", r.Method + " " + r.URL.EscapedPath()}

	err := t.alter(r.Context(), from, replaces, func(d *document) ([]byte, error) {
		if !expected(r, d) {
			return nil, errStale
		}

		return next(d)
	})

	t.answer(w, r, err)
}

// answer shows the routes after a change, or says why there is none.
func (t *Table) answer(w http.ResponseWriter, r *http.Request, err error) {
	wrong, invalid := errors.AsType[*wrongError](err)

	switch {
	case err == nil:
		t.options.Metrics.Reloaded("ok")
		t.show(w, t.done())

		return
	case errors.Is(err, errStale):
		problem.Refuse(w, r, http.StatusPreconditionFailed, "The routes have changed since: look at them again.")
	case errors.Is(err, errNoSuch):
		problem.Refuse(w, r, http.StatusNotFound, "There is no such route.")
	case invalid && wrong.syntax:
		problem.Refuse(w, r, http.StatusBadRequest, wrong.in("routes")+". Nothing has changed.")
	case invalid:
		problem.Refuse(w, r, http.StatusUnprocessableEntity, wrong.in("routes")+". Nothing has changed.")
	default:
		problem.Refuse(w, r, http.StatusInternalServerError, err.Error())
	}

	t.options.Metrics.Reloaded("refused")
}

// done is how far a change has come: one that is in this process alone has been
// accepted, and is lost at its end.
func (t *Table) done() int {
	if t.now.Load().unwritten != "" {
		return http.StatusAccepted
	}

	return http.StatusOK
}

// expected reports whether a document is one that the operator has seen, if that
// matters to them.
func expected(r *http.Request, d *document) bool {
	wanted := r.Header.Values("If-Match")
	if len(wanted) == 0 {
		return true
	}

	for tag := range strings.SplitSeq(strings.Join(wanted, ","), ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == strconv.Quote(d.revision()) {
			return true
		}
	}

	return false
}

// operatorsBody is the body of a request, which says what it is or does not, as
// curl does by itself; it answers where there is none of use.
func operatorsBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "", "application/json", "application/merge-patch+json", "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain",
		"application/x-www-form-urlencoded", "application/octet-stream":
	default:
		problem.Refuse(w, r, http.StatusUnsupportedMediaType, "Routes are application/yaml or application/json.")

		return nil, false
	}

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
	if err != nil {
		problem.Refuse(w, r, http.StatusRequestEntityTooLarge, "The body must come whole and have "+strconv.Itoa(maxFile)+" bytes at most.")

		return nil, false
	}

	return bytes.TrimPrefix(body, []byte(byteOrderMark)), true
}

// patch is a change of a route; what is nil stays.
type patch struct {
	Mode     *Mode `yaml:"mode"`
	Percent  *int  `yaml:"percent"`
	Fallback *bool `yaml:"fallback"`
}

// read is as strict as that of a file: no name twice, nor in other letters.
func (p *patch) read(body []byte) error {
	if readable(body) != nil || !json.Valid(body) {
		return errBadChange
	}

	root, err := readJSON(body)
	if err != nil || root.kind != object {
		return errBadChange
	}

	if wrong := (places{}).value(root, reflect.ValueOf(p).Elem(), ""); wrong != nil || *p == (patch{}) {
		return errBadChange
	}

	return nil
}

// settings are the change of a route that stands somewhere. Without a word about
// it the number stays in mode percent, and is 0 in others.
func (p *patch) settings(r *Route) []setting {
	to := r.place()

	if p.Mode != nil {
		to.Mode = *p.Mode
	}

	if p.Percent != nil {
		to.Percent = *p.Percent
	} else if to.Mode != ModePercent {
		to.Percent = 0
	}

	changes := to.settings()
	if p.Fallback != nil {
		changes = append(changes, setting{"fallback", strconv.FormatBool(*p.Fallback)})
	}

	return changes
}
