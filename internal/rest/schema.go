package rest

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"storefront/internal/problem"
	"storefront/internal/wire"
)

// newSchemas returns the place for the schemas of a document, which knows how
// the types that pass through from the services look in JSON.
func newSchemas() huma.Registry {
	schemas := huma.NewMapRegistry("#/components/schemas/", schemaName)
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.ID](), reflect.TypeFor[idSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.Number](), reflect.TypeFor[numberSchema]())

	return schemas
}

// schemaName is the name of a type for clients, who do not think in views.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[problem.Details]() {
		return "Problem"
	}

	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "View")
}

// allowNull says in the schema of a struct which of its fields may be null
// because they are pointers to structs. The library says so for all others.
func allowNull(schemas huma.Registry, t reflect.Type) {
	schema := schemas.SchemaFromRef(schemas.Schema(t, true, "").Ref)

	for i := range t.NumField() {
		field := t.Field(i)
		if field.Type.Kind() != reflect.Pointer || field.Type.Elem().Kind() != reflect.Struct {
			continue
		}

		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if property := schema.Properties[name]; property != nil && property.Ref != "" {
			property.AnyOf = []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}
			property.Ref = ""
		}
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
		Examples:    []any{wire.Number("999.99")},
	}
}
