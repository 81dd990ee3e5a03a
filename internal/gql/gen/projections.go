package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/99designs/gqlgen/codegen"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:embed projections.gotpl
var source string

// projections is the plugin of gqlgen that writes projections.go beside what
// gqlgen generates.
type projections struct{}

// Name names the plugin in errors.
func (projections) Name() string { return "projections" }

// GenerateCode writes the file.
func (projections) GenerateCode(data *codegen.Data) error {
	out := &file{
		Package: data.Config.Exec.Package, Query: data.QueryRoot.Name,
		path: data.Config.Exec.ImportPath(), imports: map[string]bool{},
	}
	known := map[string]*object{}

	for _, o := range data.Objects {
		if o.Root || o.BuiltIn || strings.HasPrefix(o.Name, "__") {
			continue
		}

		made := &object{Name: o.Name, Variable: "p." + o.Name, Type: out.typeName(o.Type), Satisfies: o.Implementors()}
		known[o.Name] = made
		out.Objects = append(out.Objects, made)
	}

	for _, o := range data.Objects {
		if made := known[o.Name]; made != nil {
			for _, field := range o.Fields {
				if eligible(field) {
					made.add(out, field, known)
				}
			}
		}
	}

	var text bytes.Buffer

	if err := template.Must(template.New("").Parse(source)).Execute(&text, out); err != nil {
		return fmt.Errorf("writing the projections: %w", err)
	}

	formatted, err := format.Source(text.Bytes())
	if err != nil {
		return fmt.Errorf("the projections are no Go: %w\n%s", err, text.Bytes())
	}

	const all = 0o644

	path := filepath.Join(data.Config.Exec.Dir(), "projections.go")
	if err = os.WriteFile(path, formatted, all); err != nil {
		return fmt.Errorf("writing the projections: %w", err)
	}

	return nil
}

// eligible reports whether a field is a plain field of its model, so that
// nothing is to be executed for it.
func eligible(f *codegen.Field) bool {
	return !f.IsResolver && !f.IsBatch() && !f.HasDirectives() && len(f.Args) == 0 && f.IsVariable() && !f.Stream
}

// file is what the template is about.
type file struct {
	Package string
	Query   string // the type of the root
	Objects []*object

	path    string // of the package
	imports map[string]bool
}

// Imports are the packages that the file needs, beside internal/gql.
func (f *file) Imports() []string {
	paths := make([]string, 0, len(f.imports))
	for path := range f.imports {
		paths = append(paths, strconv.Quote(path))
	}

	slices.Sort(paths)

	return paths
}

// typeName is a type as the file spells it.
func (f *file) typeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == f.path {
			return ""
		}

		f.imports[p.Path()] = true

		return p.Name()
	})
}

type object struct {
	Name, Variable, Type, Satisfies string
	Fields                          []string // statements
}

// add adds a field where its type can be written here. What cannot is left to
// gqlgen.
func (o *object) add(out *file, f *codegen.Field, known map[string]*object) {
	value := "object." + f.GoFieldName

	if child := known[f.TypeReference.Definition.Name]; child != nil {
		if statement := nested(o, f, child, value); statement != "" {
			o.Fields = append(o.Fields, statement)
		}

		return
	}

	if f.TypeReference.Definition.Kind != ast.Scalar && f.TypeReference.Definition.Kind != ast.Enum {
		return
	}

	if body := leaf(out, f.TypeReference, value); body != "" {
		o.Fields = append(o.Fields, fmt.Sprintf("%s.Leaf(%q, func(_ *gql.Request, dst []byte, object *%s) []byte { %s })", o.Variable, f.Name, o.Type, body))
	}
}

// nested is the statement that adds a field of objects, or empty.
func nested(o *object, f *codegen.Field, child *object, value string) string {
	get := func(result, expression string) string {
		return fmt.Sprintf("func(object *%s) %s { return %s }", o.Type, result, expression)
	}

	nullable := !f.Type.NonNull

	switch goType := f.TypeReference.GO.(type) {
	case *types.Pointer:
		if _, toStruct := goType.Elem().Underlying().(*types.Struct); toStruct {
			return fmt.Sprintf("gql.One(%s, %q, %s, %t, %s)", o.Variable, f.Name, child.Variable, nullable, get("*"+child.Type, value))
		}
	case *types.Slice:
		if f.Type.Elem == nil || f.Type.Elem.Elem != nil {
			return ""
		}

		if _, ofPointers := goType.Elem().(*types.Pointer); ofPointers {
			return fmt.Sprintf("gql.ManyPointers(%s, %q, %s, %t, %t, %s)",
				o.Variable, f.Name, child.Variable, nullable, !f.Type.Elem.NonNull, get("[]*"+child.Type, value))
		}

		return fmt.Sprintf("gql.Many(%s, %q, %s, %t, %s)", o.Variable, f.Name, child.Variable, nullable, get("[]"+child.Type, value))
	case *types.Named:
		if _, isStruct := goType.Underlying().(*types.Struct); isStruct {
			return fmt.Sprintf("gql.One(%s, %q, %s, false, %s)", o.Variable, f.Name, child.Variable, get("*"+child.Type, "&"+value))
		}
	}

	return ""
}
