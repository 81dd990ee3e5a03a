package rest

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"storefront/internal/wire"
)

// describeWireTypes tells the OpenAPI document how the types that pass through
// from the services look in JSON.
func describeWireTypes(schemas huma.Registry) {
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.ID](), reflect.TypeFor[idSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.Number](), reflect.TypeFor[numberSchema]())
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
