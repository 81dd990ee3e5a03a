// Package rest is how a BFF's REST screens are served: one declaration gives
// the route, the check of its input, its OpenAPI description, its cache headers
// and its errors, so that none of them can drift from the others.
//
// It knows no screen. The library behind it (huma) stays inside.
package rest

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"storefront/internal/apidocs"
	"storefront/internal/fanout"
	"storefront/internal/problem"
	"storefront/internal/telemetry"
)

// Info describes a BFF's REST surface in its OpenAPI document.
type Info struct {
	Title, Description, Version string
}

// API is the REST surface of one BFF.
type API struct {
	engine  *gin.Engine
	huma    huma.API
	quick   map[string]quick // by the router's path
	problem func(error) *problem.Details
	bounds  map[string]fanout.Bound
}

// ServeHTTP serves all that is on the engine.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.engine.ServeHTTP(w, r) }

// NewEngine returns a router that answers in problem details, names the route
// of each request for its record, and forgives nothing: one path, one route.
func NewEngine(write func(http.ResponseWriter, *http.Request, *problem.Details)) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)

	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	engine.Use(func(c *gin.Context) { telemetry.RecordFrom(c.Request.Context()).SetRoute(c.FullPath()) })
	engine.NoRoute(func(c *gin.Context) {
		write(c.Writer, c.Request, problem.New(http.StatusNotFound, "There is nothing at this path."))
	})
	engine.NoMethod(func(c *gin.Context) {
		write(c.Writer, c.Request, problem.New(http.StatusMethodNotAllowed, "The path is there, but not for this method."))
	})

	return engine
}

// New adds a REST surface to engine: its OpenAPI 3.1 document at /openapi.json
// and pages to browse it at /docs. toProblem says how an error of a screen is
// told to the client.
func New(engine *gin.Engine, info Info, toProblem func(error) *problem.Details) *API {
	useProblems()

	config := huma.DefaultConfig(info.Title, info.Version)
	config.Info.Description = info.Description
	config.Components.Schemas = newSchemas()
	config.AllowAdditionalPropertiesByDefault = true // answers may grow
	config.OpenAPIPath = ""                          // served below, through the same pipe as all else
	config.DocsPath = ""                             // its page would load from another host
	config.SchemasPath = ""                          // the document has them all
	config.CreateHooks = nil                         // no $schema in answers
	api := &API{
		engine: engine, huma: humagin.New(engine, config), problem: toProblem,
		quick: map[string]quick{}, bounds: map[string]fanout.Bound{},
	}
	engine.Use(api.answerQuickly)

	document := sync.OnceValue(func() []byte {
		text, err := json.Marshal(api.huma.OpenAPI())
		if err != nil {
			panic(err) // A mistake in a declaration; every test that reads the document finds it.
		}

		return text
	})

	engine.GET("/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", document()) })

	docs := gin.WrapH(apidocs.Handler(info.Title))
	engine.GET("/docs", docs)
	engine.GET("/docs/*asset", docs)

	return api
}

// useProblems makes the library report its own checks in our problem details:
// 400 for all bad input, and never the rejected value.
var useProblems = sync.OnceFunc(func() { //nolint:gochecknoglobals // The library has one hook for the process.
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return inputProblem(ctx, status, message, errs)
	}
})

func inputProblem(ctx huma.Context, status int, message string, errs []error) huma.StatusError {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}

	for _, err := range errs {
		if detailed, ok := err.(huma.ErrorDetailer); ok {
			detail := detailed.ErrorDetail()
			message = detail.Location + ": " + detail.Message

			break
		}
	}

	c := humagin.Unwrap(ctx)
	details := problem.New(status, message).For(c.Writer, c.Request)
	details.Headers(c.Writer.Header()) // The library asks none of its own errors for headers.

	return statusError{details}
}

// statusError is a problem as the library takes errors.
type statusError struct{ *problem.Details }

// GetStatus is the HTTP status.
func (e statusError) GetStatus() int { return e.Status }

// ContentType is the media type of the answer.
func (e statusError) ContentType(string) string { return problem.ContentType }
