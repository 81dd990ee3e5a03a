package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"storefront/internal/etag"
	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/problem"
	"storefront/internal/telemetry"
)

// Route describes one page.
type Route struct {
	// Path has its parameters in braces: /api/dashboard/{user_id}.
	Path string
	// Name is the operation's id in the OpenAPI document.
	Name, Summary, Description string
	// MaxAge is how long a client may keep a whole page.
	MaxAge time.Duration
	// NoSubject is true where no service can say that the page does not exist.
	NoSubject bool
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
func Page[I Input, V any, P View[V]](a *API, route Route, compose func(context.Context, I) (V, fanout.Report, error)) {
	operation := a.describe(route, reflect.TypeFor[V]())

	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		view, report, err := compose(ctx, *in)

		return &huma.StreamResponse{Body: func(hc huma.Context) {
			c := humagin.Unwrap(hc)
			if err != nil {
				a.refuse(c, err)

				return
			}

			P(&view).tell(report)
			a.send(c, view, report, route.MaxAge, (*in).etags())
		}}, nil
	})

	showExamples(a.huma.OpenAPI().Paths[route.Path].Get)
}

// refuse tells why there is no page.
func (a *API) refuse(c *gin.Context, err error) {
	if fault.KindOf(err) == fault.Canceled {
		return // Nobody is there to be told.
	}

	problem.Write(c.Writer, c.Request, a.problem(err))
}

// send answers with a page: its validator, how long it may be kept, and its
// body unless the client has it already.
func (a *API) send(c *gin.Context, view any, report fanout.Report, maxAge time.Duration, has string) {
	degraded := report.Degraded()
	for _, s := range degraded {
		telemetry.RecordFrom(c.Request.Context()).AddDegraded(s.Section, s.Status)
	}

	body, err := encode(view)
	if err != nil {
		panic(err) // A view that cannot be encoded is a mistake in the program.
	}

	h := c.Writer.Header()
	h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(maxAge.Seconds())))
	h.Set("Vary", "Authorization") // What may stand in for a failed call depends on who asks.

	if len(degraded) > 0 {
		h.Set("Cache-Control", "no-store")
	}

	tag := etag.Of(body)
	h.Set("Etag", tag)

	if etag.Matches(has, tag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()

		return
	}

	c.Data(http.StatusOK, "application/json", body)
}

// encode returns view as JSON, with text as it is and not made safe for HTML.
func encode(view any) ([]byte, error) {
	var body bytes.Buffer

	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)

	if err := encoder.Encode(view); err != nil {
		return nil, err //nolint:wrapcheck // Panicked with by the caller.
	}

	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), nil
}
