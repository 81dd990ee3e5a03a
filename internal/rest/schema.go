package rest

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"storefront/internal/ident"
	"storefront/internal/problem"
	"storefront/internal/wire"
)

// newSchemas returns the place for the schemas of a document, which knows how
// the types that pass through from the services look in JSON.
func newSchemas() huma.Registry {
	schemas := huma.NewMapRegistry("#/components/schemas/", schemaName)
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.ID](), reflect.TypeFor[idSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.Number](), reflect.TypeFor[numberSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.TextMap](), reflect.TypeFor[textMapSchema]())

	return schemas
}

// schemaName is the name of a type for clients, who do not think in views.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[problem.Details]() {
		return "Problem"
	}

	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "View")
}

// allowNull says in the schemas of a view and all structs in it which fields may
// be null because they are pointers. The library says so for plain ones, but not
// for structs and for types with a schema of their own.
func allowNull(schemas huma.Registry, t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}

	reference := schemas.Schema(t, true, "").Ref
	if t.Kind() != reflect.Struct || reference == "" {
		return
	}

	schema := schemas.SchemaFromRef(reference)

	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")

		property := schema.Properties[name]
		if property == nil {
			continue
		}

		if field.Type.Kind() == reflect.Pointer {
			orNull(property)
		}

		allowNull(schemas, field.Type)
	}
}

// orNull lets a property be null as well. It may have been told before: a view's
// parts may be part of another one.
func orNull(property *huma.Schema) {
	switch {
	case property.AnyOf != nil:
	case property.Ref != "":
		property.AnyOf = []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}
		property.Ref = ""
	default:
		property.Nullable = true
	}
}

type idSchema struct{}

// Schema is a string or an integer, as the service writes it.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		OneOf:       []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeInteger}},
		Description: "An identifier, in the form in which its service writes it.",
		Examples:    []any{"prod_1"},
	}
}

type numberSchema struct{}

// Schema is a number with digits that matter.
func (numberSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type:        huma.TypeNumber,
		Description: "A number with exactly the digits of the service, so that money is never rounded.",
		Examples:    []any{wire.Number("4.50")},
	}
}

type textMapSchema struct{}

// Schema is an open map of strings, or null.
func (textMapSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type:                 huma.TypeObject,
		AdditionalProperties: &huma.Schema{Type: huma.TypeString},
		Nullable:             true,
	}
}

// ID is a parameter that names something to a service.
type ID string

// Schema is an identifier that may be passed on.
func (ID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: ident.Pattern, PatternDescription: "identifier"}
}
