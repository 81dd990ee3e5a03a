package rest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/ident"
)

func openAPI(t *testing.T) document {
	t.Helper()

	answer := get(t, newAPI(whole), "/openapi.json")
	wantHeaders(t, answer, map[string]string{"Content-Type": "application/json"})

	if answer.StatusCode != http.StatusOK {
		t.Errorf("got %d", answer.StatusCode)
	}

	return newDocument(t, body(t, answer))
}

func TestDocument(t *testing.T) {
	t.Parallel()

	d := openAPI(t)
	if version, _ := d["openapi"].(string); !strings.HasPrefix(version, "3.1.") {
		t.Errorf("version %v", d["openapi"])
	}

	want := map[string]any{"title": "shelves", "description": "A test.", "version": "1.2.3"}
	if diff := cmp.Diff(want, d["info"]); diff != "" {
		t.Error(diff)
	}

	if paths := d.at("/paths").(map[string]any); len(paths) != 2 {
		t.Errorf("the paths are %v", paths)
	}
}

// TestDocumentIsWellFormed looks at every place of it.
func TestDocumentIsWellFormed(t *testing.T) {
	t.Parallel()

	d := openAPI(t)
	types := []any{"null", "boolean", "object", "array", "number", "string", "integer"}

	var walk func(here any, place string)

	walk = func(here any, place string) {
		switch here := here.(type) {
		case map[string]any:
			if ref, found := here["$ref"].(string); found && d.at(strings.TrimPrefix(ref, "#")) == nil {
				t.Errorf("%s leads nowhere: %s", place, ref)
			}

			if kind, found := here["type"]; found && !strings.HasSuffix(place, "/properties") {
				list, several := kind.([]any)
				if !several {
					list = []any{kind}
				}

				for _, one := range list {
					if !slices.Contains(types, one) {
						t.Errorf("%s: no type: %q", place, one)
					}
				}
			}

			for name, member := range here {
				walk(member, place+"/"+name)
			}
		case []any:
			for _, element := range here {
				walk(element, place+"/*")
			}
		}
	}
	walk(map[string]any(d), "")
}

// screens are the operations with the statuses that they can answer with.
func screens() map[string][]string {
	return map[string][]string{
		"shelf":  {"200", "304", "400", "404", "414", "500", "503"},
		"window": {"200", "304", "400", "414", "500", "503"}, // no service can say that it does not exist
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()

	d := openAPI(t)
	for screen, want := range screens() {
		place := "/paths/~1api~1" + screen + "~1{user_id}/get"
		responses := d.at(place + "/responses").(map[string]any)

		if got := slices.Sorted(maps.Keys(responses)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", screen, got, want)
		}

		for status, response := range responses {
			checkResponse(t, screen+" "+status, status, response.(map[string]any))
		}

		for _, name := range []string{"summary", "description", "operationId"} {
			if text, _ := d.at(place + "/" + name).(string); text == "" {
				t.Errorf("%s: no %s", screen, name)
			}
		}
	}
}

// checkResponse holds one described answer against what its status is for.
func checkResponse(t *testing.T, place, status string, response map[string]any) {
	t.Helper()

	media, headers := "", []string{"Cache-Control", "X-Request-Id"}

	switch status {
	case "200":
		media, headers = "application/json", append(headers, "ETag", "Server-Timing", "Vary")
	case "304":
		headers = append(headers, "ETag", "Vary")
	case "503":
		media, headers = "application/problem+json", append(headers, "Retry-After")
	default:
		media = "application/problem+json"
	}

	slices.Sort(headers)

	described, _ := response["headers"].(map[string]any)
	if got := slices.Sorted(maps.Keys(described)); !slices.Equal(got, headers) {
		t.Errorf("%s: headers %v, want %v", place, got, headers)
	}

	content, _ := response["content"].(map[string]any)
	if got := strings.Join(slices.Collect(maps.Keys(content)), " "); got != media {
		t.Errorf("%s: content %q, want %q", place, got, media)
	}

	if media == "application/problem+json" {
		schema := document(response).at("/content/application~1problem+json/schema/$ref")
		if schema != "#/components/schemas/Problem" {
			t.Errorf("%s: an error looks like %v", place, schema)
		}
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()

	parameters := openAPI(t).at("/paths/~1api~1shelf~1{user_id}/get/parameters").([]any)

	in := map[string]any{}
	for _, p := range parameters {
		p := document(p.(map[string]any))
		in[p["name"].(string)] = p["in"]

		if p["name"] == "user_id" && (p["required"] != true || p["example"] != "user_1" || p.at("/schema/pattern") != ident.Pattern) {
			t.Errorf("got %v", p)
		}
	}

	if diff := cmp.Diff(map[string]any{"user_id": "path", "If-None-Match": "header"}, in); diff != "" {
		t.Error(diff)
	}
}

// TestSchemas are those of the types that pass through from the services.
func TestSchemas(t *testing.T) {
	t.Parallel()

	d := openAPI(t)
	for place, want := range map[string]any{
		"Book/properties/id/oneOf":        []any{map[string]any{"type": "string"}, map[string]any{"type": "integer"}},
		"Book/properties/price/type":      "number",
		"Book/properties/stars/type":      []any{"number", "null"},
		"Book/properties/facts/type":      []any{"object", "null"},
		"Shelf/properties/books/type":     []any{"array", "null"},
		"Shelf/properties/degraded/type":  "array",
		"Shelf/required":                  []any{"owner", "books"},
		"Degraded/properties/state/enum":  []any{"stale", "omitted"},
		"Degraded/properties/reason/enum": []any{"timeout", "unavailable", "invalid_response", "circuit_open", "overload"},
		"Degraded/required":               []any{"section", "state", "reason"},
		"Problem/required":                []any{"type", "title", "status", "detail", "instance", "request_id"},
		"Owner/properties/email/type":     []any{"string", "null"},
	} {
		if diff := cmp.Diff(want, d.at("/components/schemas/"+place)); diff != "" {
			t.Errorf("%s: %s", place, diff)
		}
	}
}
