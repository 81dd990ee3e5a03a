package rest

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/gin-gonic/gin"

	"storefront/internal/ident"
)

// quick answers a request whose input is in order, without the library's way
// through reflection and regular expressions; false leaves it to the library,
// which also tells what is wrong.
type quick func(c *gin.Context) bool

// answerQuickly is the step before the library.
func (a *API) answerQuickly(c *gin.Context) {
	if page, known := a.quick[c.FullPath()]; known && c.Request.Method == http.MethodGet && page(c) {
		c.Abort()
	}
}

// binding fills an input from a request: identifiers in the path, and what makes
// it conditional.
type binding struct {
	ids         []boundID
	conditional []int
}

type boundID struct {
	field     []int
	parameter string
}

// bindingOf returns the binding of an input type; ok is false where it has
// anything that only the library knows how to fill.
func bindingOf(input reflect.Type) (b binding, ok bool) {
	for field := range input.Fields() {
		switch parameter, inPath := field.Tag.Lookup("path"); {
		case field.Type == reflect.TypeFor[Conditional]():
			b.conditional = append(slices.Clone(field.Index), 0)
		case inPath && field.Type == reflect.TypeFor[ID]():
			b.ids = append(b.ids, boundID{field: field.Index, parameter: parameter})
		default:
			return binding{}, false
		}
	}

	return b, b.conditional != nil
}

// fill fills in; false where an identifier is none.
func (b *binding) fill(in reflect.Value, c *gin.Context) bool {
	for _, id := range b.ids {
		given := c.Param(id.parameter)
		if !ident.Valid(given) {
			return false
		}

		in.FieldByIndex(id.field).SetString(given)
	}

	if has := c.Request.Header["If-None-Match"]; len(has) > 0 {
		in.FieldByIndex(b.conditional).SetString(has[0])
	}

	return true
}

// quickly returns the quick way to a page, nil where there is none.
func quickly[I any](answer func(c *gin.Context, in *I)) quick {
	binding, ok := bindingOf(reflect.TypeFor[I]())
	if !ok {
		return nil
	}

	return func(c *gin.Context) bool {
		in := new(I)
		if !binding.fill(reflect.ValueOf(in).Elem(), c) {
			return false
		}

		answer(c, in)

		return true
	}
}
