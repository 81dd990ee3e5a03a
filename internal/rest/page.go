package rest

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"storefront/internal/etag"
	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/jsonview"
	"storefront/internal/page"
	"storefront/internal/problem"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

// Route describes one page.
type Route struct {
	// Path has its parameters in braces: /api/dashboard/{user_id}. A page with that
	// parameter is about that user, see [session.About].
	Path string
	// Name is the operation's id in the OpenAPI document.
	Name, Summary, Description string
	// MaxAge is how long a client may keep a whole page.
	MaxAge time.Duration
	// NoSubject is true where no service can say that the page does not exist.
	NoSubject bool
	// Sections are all that the page is made of, and so the bound of its calls.
	Sections []fanout.Section
}

// Conditional is the part of a page's input that makes a request conditional.
// Embed it in each input type.
type Conditional struct {
	IfNoneMatch string `doc:"The ETag of the page that the client has; 304 when it is still good." header:"If-None-Match"`
}

// etags returns the validators that the client has.
func (c Conditional) etags() string { return c.IfNoneMatch }

// Input is a page's input: a struct that embeds [Conditional] and has its
// parameters as fields with `path` tags.
type Input interface{ etags() string }

// View is a page's view: a struct that embeds [Partial].
type View[V any] interface {
	*V
	tell(report fanout.Report)
}

// Page adds a page to the API. compose makes the view, which is sent as JSON,
// and reports how its sections stand; an error of its own is told as a problem.
//
//nolint:contextcheck,nolintlint // Each request brings its own; the linter looks at who calls.
func Page[I Input, V any, P View[V]](a *API, route Route, compose func(context.Context, I) (V, fanout.Report, error)) {
	operation := a.describe(route, reflect.TypeFor[V]())
	writer := jsonview.Of[V]()
	a.bounds[operation.Method+" "+route.Path] = fanout.BoundOf(route.Sections...)
	control := []string{"private, max-age=" + strconv.Itoa(int(route.MaxAge.Seconds()))}

	answer := func(c *gin.Context, in *I) {
		view, report, err := compose(session.About(c.Request.Context(), c.Param(theUser)), *in)
		if err != nil {
			a.refuse(c, err)

			return
		}

		route.check(report)
		P(&view).tell(report)
		a.send(c, func(dst []byte) ([]byte, error) { return writer.Append(dst, &view) }, report, control, (*in).etags())
	}

	if page := quickly(answer); page != nil {
		a.quick[ginPath(route.Path)] = page
	}

	huma.Register(a.huma, operation, func(_ context.Context, in *I) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(hc huma.Context) { answer(humagin.Unwrap(hc), in) }}, nil
	})

	showExamples(a.huma.OpenAPI().Paths[route.Path].Get)
}

// ginPath is a path as the router spells it.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// refuse tells why there is no page.
func (a *API) refuse(c *gin.Context, err error) {
	if fault.KindOf(err) == fault.Canceled {
		return // Nobody is there to be told.
	}

	problem.Write(c.Writer, c.Request, a.problem(err))
}

// send answers with a page: its validator, how long it may be kept, and its
// body, which write appends, unless the client has it already.
func (a *API) send(c *gin.Context, write func(dst []byte) ([]byte, error), report fanout.Report, control []string, has string) {
	degraded := report.Degraded()
	for _, s := range degraded {
		telemetry.RecordFrom(c.Request.Context()).AddDegraded(s.Section, s.Status)
	}

	body, err := write(takeBuffer())
	if err != nil {
		panic(err) // A view that cannot be encoded is a mistake in the program.
	}

	defer giveBuffer(body) // Whoever is written to has copied it by then, as an io.Writer must.

	h := c.Writer.Header()
	h["Cache-Control"], h["Vary"] = control, varies

	if len(degraded) > 0 {
		h["Cache-Control"] = noStore
	} else {
		page.Whole(c.Request.Context(), about(report.Terms(), c.Params))
	}

	tag := etag.Of(body)
	h["Etag"] = []string{tag}

	if etag.Matches(has, tag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()

		return
	}

	h["Content-Type"] = isJSON

	c.Status(http.StatusOK)
	_, _ = c.Writer.Write(body) // The client may be gone.
}

// Values of headers, which nobody changes. What may stand in for a failed call
// depends on who asks.
var (
	varies  = []string{"Authorization"}    //nolint:gochecknoglobals // A constant.
	noStore = []string{"no-store"}         //nolint:gochecknoglobals // A constant.
	isJSON  = []string{"application/json"} //nolint:gochecknoglobals // A constant.
)

// theUser is the parameter of a path that says which user a page is about.
const theUser = "user_id"

// about adds to the terms of a page what its path names: user_id is a user.
func about(terms fresh.Terms, params gin.Params) fresh.Terms {
	if !terms.Until.IsZero() {
		for _, p := range params {
			terms.Tags = append(terms.Tags, strings.TrimSuffix(p.Key, "_id")+":"+p.Value)
		}
	}

	return terms
}
