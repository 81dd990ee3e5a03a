package verdict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"storefront/bench/internal/load"
)

var (
	errStatus = errors.New("neither a page nor a refusal")
	errForm   = errors.New("not in the form that was agreed")
	errSilent = errors.New("a section is missing without a word")
)

// read is a page as it was read, whichever wire it came over.
type read struct {
	sections map[string]json.RawMessage
	degraded map[string]entry
	errors   map[string]bool   // over GraphQL: sections with an error
	rest     []json.RawMessage // all beside the sections
}

// entry is one section that is said not to be fresh.
type entry struct {
	Section string   `json:"section"`
	Path    []string `json:"path"`
	State   string   `json:"state"`
	Reason  string   `json:"reason"`
	Age     *int     `json:"age_seconds"`
}

const (
	stale   = "stale"
	omitted = "omitted"
)

// read takes a page apart.
func (p *Page) read(a load.Answer) (page read, err error) {
	if p.graph {
		page, err = readGraphQL(a.Body)
	} else {
		page, err = readREST(a.Body)
	}

	if err != nil {
		return page, fmt.Errorf("%w: %w", errForm, err)
	}

	return page, nil
}

func readREST(body []byte) (page read, err error) {
	if err = json.Unmarshal(body, &page.sections); err != nil {
		return page, err //nolint:wrapcheck // read wraps it.
	}

	list, said := page.sections["degraded"]
	delete(page.sections, "degraded")

	if !said {
		return page, nil
	}

	page.rest = append(page.rest, list)
	page.degraded, err = entries(list, func(e entry) (string, bool) { return e.Section, e.Path == nil })

	return page, err
}

func readGraphQL(body []byte) (page read, err error) {
	var answer struct {
		Data struct {
			Dashboard map[string]json.RawMessage `json:"dashboard"`
		} `json:"data"`
		Errors     json.RawMessage `json:"errors"`
		Extensions struct {
			Degraded json.RawMessage `json:"degraded"`
		} `json:"extensions"`
	}

	if err = json.Unmarshal(body, &answer); err != nil {
		return page, err //nolint:wrapcheck // read wraps it.
	}

	page.sections = answer.Data.Dashboard
	page.rest = []json.RawMessage{answer.Errors, answer.Extensions.Degraded}

	if page.errors, err = withErrors(answer.Errors); err != nil || answer.Extensions.Degraded == nil {
		return page, err
	}

	page.degraded, err = entries(answer.Extensions.Degraded, func(e entry) (string, bool) {
		return last(e.Path), e.Section == "" && isSection(e.Path)
	})

	return page, err
}

// isSection reports whether a path leads to a section of the dashboard.
func isSection(path []string) bool {
	return len(path) == len([]string{"dashboard", "section"}) && path[0] == "dashboard"
}

func last(path []string) string {
	if len(path) == 0 {
		return ""
	}

	return path[len(path)-1]
}

// entries reads a list of sections that are not fresh; name names each.
func entries(list json.RawMessage, name func(entry) (string, bool)) (map[string]entry, error) {
	var all []entry
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, err //nolint:wrapcheck // read wraps it.
	}

	named := map[string]entry{}

	for _, e := range all {
		section, ok := name(e)
		if _, twice := named[section]; twice || !ok || e.check() != nil {
			return nil, fmt.Errorf("%w: an entry %+v", errForm, e)
		}

		named[section] = e
	}

	if len(named) == 0 {
		return nil, fmt.Errorf("%w: degraded without an entry", errForm)
	}

	return named, nil
}

// check refuses words that the contract does not know.
func (e entry) check() error {
	const longest = 24 * 60 * 60

	reasons := []string{"timeout", "unavailable", "invalid_response", "circuit_open", "overload"}

	switch hasAge := e.Age != nil; {
	case !slices.Contains(reasons, e.Reason),
		e.State != stale && e.State != omitted,
		hasAge != (e.State == stale),
		hasAge && (*e.Age < 0 || *e.Age > longest):
		return errForm
	}

	return nil
}

// withErrors are the sections that have an error in a GraphQL answer.
func withErrors(list json.RawMessage) (map[string]bool, error) {
	if list == nil {
		return map[string]bool{}, nil
	}

	var all []struct {
		Message    string   `json:"message"`
		Path       []string `json:"path"`
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	}

	if err := json.Unmarshal(list, &all); err != nil {
		return nil, err //nolint:wrapcheck // read wraps it.
	}

	codes := []string{"UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE", "UPSTREAM_INVALID_RESPONSE", "CIRCUIT_OPEN", "OVERLOADED"}
	sections := map[string]bool{}

	for _, e := range all {
		if e.Message == "" || !isSection(e.Path) || !slices.Contains(codes, e.Extensions.Code) {
			return nil, fmt.Errorf("%w: an error %+v", errForm, e)
		}

		sections[last(e.Path)] = true
	}

	return sections, nil
}

func isNull(text json.RawMessage) bool { return bytes.Equal(text, []byte("null")) }

// check sees that each section is there, or is said to be missing, and nothing
// else.
func (r *read) check(p *Page, a load.Answer) error {
	if len(r.sections) != len(p.sections) {
		return fmt.Errorf("%w: %d sections of %d", errForm, len(r.sections), len(p.sections))
	}

	for _, s := range p.sections {
		if err := r.checkSection(s.name, p.graph); err != nil {
			return err
		}
	}

	for name := range r.degraded {
		if _, has := r.sections[name]; !has {
			return fmt.Errorf("%w: %q is degraded", errForm, name)
		}
	}

	if len(r.degraded) > 0 && !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		return fmt.Errorf("%w: a degraded page may be stored", errForm)
	}

	if !p.graph && r.kind() == Refused {
		return fmt.Errorf("%w: a page without any section", errForm)
	}

	return nil
}

func (r *read) checkSection(name string, graph bool) error {
	text, is := r.sections[name]
	null, state := isNull(text), r.degraded[name].State

	switch {
	case !is, null && state != omitted, graph && null != r.errors[name]:
		return fmt.Errorf("%w: %s", errSilent, name)
	case !null && state == omitted:
		return fmt.Errorf("%w: %s is there, and said to be omitted", errForm, name)
	}

	return nil
}

// kind is what a page is that was found to be honest.
func (r *read) kind() Kind {
	states := map[string]int{}
	for _, e := range r.degraded {
		states[e.State]++
	}

	switch {
	case states[omitted] == len(r.sections):
		return Refused
	case states[omitted] > 0:
		return Omitted
	case states[stale] > 0:
		return Stale
	default:
		return Whole
	}
}

// refusal refuses a refusal that does not say when to come back, or not in the
// form that was agreed.
func refusal(p *Page, user string, a load.Answer) error {
	var said struct {
		Title  string            `json:"title"`
		Status int               `json:"status"`
		Errors []json.RawMessage `json:"errors"`
	}

	if err := json.Unmarshal(a.Body, &said); err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}

	isProblem := said.Title != "" && said.Status == a.Status && strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json")
	if p.graph && a.Status != http.StatusOK {
		isProblem = isProblem || len(said.Errors) > 0
	}

	if !isProblem || a.Header.Get("Retry-After") == "" {
		return fmt.Errorf("%w: a refusal", errForm)
	}

	return others([]json.RawMessage{a.Body}, user)
}
