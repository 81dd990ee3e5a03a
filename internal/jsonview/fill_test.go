package jsonview_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"storefront/internal/wire"
)

// made are values of types that have rules of their own.
func made(random *rand.Rand) map[reflect.Type]any {
	text := strings.ToValidUTF8(hostileText(random), "")

	return map[reflect.Type]any{
		reflect.TypeFor[wire.ID]():     []wire.ID{{}, {Text: "x" + text}, {Text: "-12", Integer: true}}[random.IntN(3)],
		reflect.TypeFor[wire.Number](): []wire.Number{"", "0.10", "-1E+5"}[random.IntN(3)],
		reflect.TypeFor[wire.TextMap](): []wire.TextMap{
			nil, {}, {{Name: hostileText(random), Value: hostileText(random)}, {Name: "b"}},
		}[random.IntN(3)],
		reflect.TypeFor[json.Number]():        []json.Number{"", "7", "1.50"}[random.IntN(3)],
		reflect.TypeFor[time.Time]():          time.Unix(random.Int64N(1e9), 0).UTC(),
		reflect.TypeFor[any]():                map[string]any{text: []any{1, nil, text}},
		reflect.TypeFor[map[string]int]():     map[string]int{text: 1, "b": 2},
		reflect.TypeFor[map[string]*string](): map[string]*string{"a": nil, "b": &text},
	}
}

// hostileText puts text together from what needs care.
func hostileText(random *rand.Rand) string {
	parts := []string{
		"", "Galaxy Ultra", "<&>", "\"", "\\", "\n\t\x00\x1f", "\xff", "\xe2\x80", "\u2028\u2029", "é😀", "1234567",
	}

	var text strings.Builder
	for range random.IntN(4) {
		text.WriteString(parts[random.IntN(len(parts))])
	}

	return text.String()
}

// fill makes up what is at v, with structs in structs only so deep.
func fill(random *rand.Rand, v reflect.Value, depth int) {
	if value, found := made(random)[v.Type()]; found {
		v.Set(reflect.ValueOf(value))

		return
	}

	switch v.Kind() { //nolint:exhaustive // Those of the views above.
	case reflect.String:
		v.SetString(hostileText(random))
	case reflect.Bool:
		v.SetBool(random.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(random.Int64() >> random.IntN(64))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(random.Uint64() >> random.IntN(64))
	case reflect.Float64:
		v.SetFloat(random.NormFloat64())
	case reflect.Pointer:
		if depth > 0 && random.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(random, v.Elem(), depth-1)
		}
	case reflect.Slice:
		if n := random.IntN(5) - 1; depth > 0 && n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			fillAll(random, n, v.Index, depth-1)
		}
	case reflect.Array:
		fillAll(random, v.Len(), v.Index, depth)
	case reflect.Struct:
		fillAll(random, v.NumField(), v.Field, depth)
	}
}

func fillAll(random *rand.Rand, n int, at func(int) reflect.Value, depth int) {
	for i := range n {
		if part := at(i); part.CanSet() || part.Kind() == reflect.Struct {
			fill(random, part, depth)
		}
	}
}
