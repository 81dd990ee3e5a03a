package main

import (
	"fmt"
	"go/types"

	"github.com/99designs/gqlgen/codegen/config"
)

// appenders write what gqlgen's own marshalers of a kind write.
var appenders = map[string]string{ //nolint:gochecknoglobals // A table.
	"MarshalString": "AppendString", "MarshalID": "AppendString", "MarshalBoolean": "AppendBoolean",
	"MarshalInt": "AppendInt", "MarshalInt32": "AppendInt", "MarshalInt64": "AppendInt",
}

// leaf is the body of a function that appends a scalar or an enum to dst, or
// empty where only gqlgen can write it.
func leaf(out *file, ref *config.TypeReference, value string) string {
	if ref.IsContext || ref.IsOmittable || ref.GQL.Elem != nil || ref.IsPtrToPtr() || ref.IsPtrToSlice() || ref.IsPtrToIntf() {
		return ""
	}

	pointer, isPointer := ref.GO.(*types.Pointer)
	if !isPointer {
		if config.IsNilable(ref.GO) {
			return ""
		}

		return written(out, ref, ref.GO, value)
	}

	body := written(out, ref, pointer.Elem(), "*"+value)
	if body == "" {
		return ""
	}

	// gqlgen says what is wrong with a nil that must not be.
	instead := "gql.AppendNull(dst)"
	if ref.GQL.NonNull {
		instead = "nil"
	}

	return fmt.Sprintf("if %s == nil { return %s }\n%s", value, instead, body)
}

// written is the statement that returns dst with a value of type t at its end,
// or empty.
func written(out *file, ref *config.TypeReference, t types.Type, value string) string {
	switch {
	case ref.IsMarshaler && appends(t):
		return fmt.Sprintf("return (%s).AppendGQL(dst)", value)
	case ref.IsMarshaler:
		return fmt.Sprintf("return gql.AppendMarshaler(dst, %s)", value)
	case ref.Marshaler == nil:
		return ""
	case ref.GQL.NonNull, appenders[ref.Marshaler.Name()] != "" && ofGqlgen(ref.Marshaler):
		return "return " + external(out, ref, value)
	default:
		return ""
	}
}

// external writes a value that a function marshals. That which may turn out to
// be null is only for fields that may not: there null is an error, of which
// gqlgen says what it is.
func external(out *file, ref *config.TypeReference, value string) string {
	if ref.CastType != nil {
		value = fmt.Sprintf("%s(%s)", out.typeName(ref.CastType), value)
	}

	if name := appenders[ref.Marshaler.Name()]; name != "" && ofGqlgen(ref.Marshaler) {
		return fmt.Sprintf("gql.%s(dst, %s)", name, value)
	}

	function := ref.Marshaler.Name()
	if pkg := ref.Marshaler.Pkg(); pkg.Path() != out.path {
		out.imports[pkg.Path()] = true
		function = pkg.Name() + "." + function
	}

	return fmt.Sprintf("gql.AppendMarshaler(dst, %s(%s))", function, value)
}

func ofGqlgen(f *types.Func) bool { return f.Pkg().Path() == "github.com/99designs/gqlgen/graphql" }

// appends reports whether a type has AppendGQL([]byte) []byte, which writes what
// its MarshalGQL writes.
func appends(t types.Type) bool {
	method, _, _ := types.LookupFieldOrMethod(t, true, nil, "AppendGQL")
	_, isFunc := method.(*types.Func)

	return isFunc
}
