package rest

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"storefront/internal/problem"
)

// describe returns the OpenAPI operation of a page: every answer that its route
// can give, with headers.
func (a *API) describe(route Route, view reflect.Type) huma.Operation {
	schemas := a.huma.OpenAPI().Components.Schemas
	page := schemas.Schema(view, true, route.Name)
	allowNull(schemas, view)

	details := schemas.Schema(reflect.TypeFor[problem.Details](), true, "Problem")

	responses := map[string]*huma.Response{
		"200": {
			Description: "The page, whole or partial: `degraded` says which sections are not fresh.",
			Headers: headers("ETag", "Strong validator of the page's content.",
				"Cache-Control", "`private, max-age="+strconv.Itoa(int(route.MaxAge.Seconds()))+"`; `no-store` when the page is degraded.",
				"Vary", "What the answer depends on.",
				"Server-Timing", "One entry for each upstream call."),
			Content: map[string]*huma.MediaType{"application/json": {Schema: page}},
		},
		"304": {
			Description: "The client's copy is still good.",
			Headers:     headers("ETag", "The validator that matched.", "Cache-Control", "As with 200.", "Vary", "As with 200."),
		},
	}

	for status, meaning := range a.problems(route) {
		responses[strconv.Itoa(status)] = &huma.Response{
			Description: meaning,
			Headers:     headers("Cache-Control", "`no-store`"),
			Content:     map[string]*huma.MediaType{problem.ContentType: {Schema: details}},
		}
	}

	retry := headers("Retry-After", "Seconds to wait before the next try.")
	maps.Copy(responses["503"].Headers, retry)

	return huma.Operation{
		Method: http.MethodGet, Path: route.Path, OperationID: route.Name,
		Tags: []string{"screens"}, Summary: route.Summary, Description: route.Description, Responses: responses,
	}
}

// problems are the errors that a page's route can answer with.
func (a *API) problems(route Route) map[int]string {
	all := map[int]string{
		http.StatusBadRequest:          "The identifier is not one.",
		http.StatusNotFound:            "There is no such page.",
		http.StatusRequestURITooLong:   "The URL is too long.",
		http.StatusInternalServerError: "A mistake on our side; it has been noted.",
		http.StatusServiceUnavailable:  "There is nothing to show just now.",
	}
	if route.NoSubject {
		delete(all, http.StatusNotFound)
	}

	return all
}

// headers describes response headers, given as names and meanings in turn, and
// adds the one that every answer has.
func headers(namesAndMeanings ...string) map[string]*huma.Param {
	described := map[string]*huma.Param{"X-Request-Id": header("The request's id: the client's own or one made here.")}
	for i := 0; i+1 < len(namesAndMeanings); i += 2 {
		described[namesAndMeanings[i]] = header(namesAndMeanings[i+1])
	}

	return described
}

func header(meaning string) *huma.Param {
	return &huma.Param{Description: meaning, Schema: &huma.Schema{Type: huma.TypeString}}
}

// showExamples lets the pages at /docs fill in a parameter's example.
func showExamples(operation *huma.Operation) {
	for _, parameter := range operation.Parameters {
		if parameter.Schema != nil && len(parameter.Schema.Examples) > 0 {
			parameter.Example = parameter.Schema.Examples[0]
		}
	}
}
