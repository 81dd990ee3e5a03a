package strangler

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// places are the lines of the parts of a file, such as routes[1].mode. They are
// filled while nodes are read into the types of a file, by their tags.
type places map[string]int

// file is what a whole file says.
func (d places) file(root *node) (File, error) {
	var f File

	if root.kind != object {
		return f, wrongf(root.line, "", "must be an object with routes")
	}

	if wrong := d.value(root, reflect.ValueOf(&f).Elem(), ""); wrong != nil {
		return File{}, wrong
	}

	return f, nil
}

// of is the line of a part, or of what it would stand in.
func (d places) of(where string) int {
	for where != "" {
		if line, known := d[where]; known {
			return line
		}

		where = where[:max(0, strings.LastIndexAny(where, ".["))]
	}

	return 0
}

func (d places) value(n *node, into reflect.Value, where string) *wrongError {
	if _, known := d[where]; !known {
		d[where] = n.line
	}

	switch {
	case into.Type() == reflect.TypeFor[time.Duration]():
		return duration(n, into, where)
	case into.Type() == reflect.TypeFor[Path]() && n.kind == text:
		return d.value(n, into.FieldByName("Old"), where)
	case into.Type() == reflect.TypeFor[Path]() && n.kind != object:
		return wrongf(n.line, where, "must be a text or an object, not %s", n.kind)
	}

	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))

		return d.value(n, into.Elem(), where)
	case reflect.Struct:
		return d.object(n, into, where)
	case reflect.Slice:
		return d.list(n, into, where)
	case reflect.Map:
		return d.byName(n, into, where)
	default:
		return scalar(n, into, where)
	}
}

func (d places) object(n *node, into reflect.Value, where string) *wrongError {
	if n.kind != object {
		return wrongf(n.line, where, "must be an object, not %s", n.kind)
	}

	for _, f := range n.fields {
		member := join(where, f.name)

		target, known := fieldNamed(into, f.name)
		if !known {
			return wrongf(f.line, member, "is not known here")
		}

		d[member] = f.line
		if wrong := d.value(f.value, target, member); wrong != nil {
			return wrong
		}
	}

	return nil
}

func (d places) list(n *node, into reflect.Value, where string) *wrongError {
	if n.kind != list {
		return wrongf(n.line, where, "must be a list, not %s", n.kind)
	}

	if len(n.items) == 0 {
		return nil
	}

	into.Set(reflect.MakeSlice(into.Type(), len(n.items), len(n.items)))

	for i, item := range n.items {
		if wrong := d.value(item, into.Index(i), where+"["+strconv.Itoa(i)+"]"); wrong != nil {
			return wrong
		}
	}

	return nil
}

func (d places) byName(n *node, into reflect.Value, where string) *wrongError {
	if n.kind != object {
		return wrongf(n.line, where, "must be an object, not %s", n.kind)
	}

	if len(n.fields) == 0 {
		return nil
	}

	into.Set(reflect.MakeMap(into.Type()))

	for _, f := range n.fields {
		value := reflect.New(into.Type().Elem()).Elem()
		if wrong := d.value(f.value, value, join(where, f.name)); wrong != nil {
			return wrong
		}

		into.SetMapIndex(reflect.ValueOf(f.name), value)
	}

	return nil
}

// scalar reads a text, a boolean or a number.
func scalar(n *node, into reflect.Value, where string) *wrongError {
	switch into.Kind() {
	case reflect.String:
		if n.kind != text {
			return wrongf(n.line, where, "must be a text, not %s", n.kind)
		}

		into.SetString(n.scalar)
	case reflect.Bool:
		if n.kind != boolean || n.scalar != "true" && n.scalar != "false" {
			return wrongf(n.line, where, "must be true or false")
		}

		into.SetBool(n.scalar == "true")
	default:
		return numeric(n, into, where)
	}

	return nil
}

// numeric reads a number, whole or not.
func numeric(n *node, into reflect.Value, where string) *wrongError {
	if into.Kind() == reflect.Int {
		whole, err := strconv.Atoi(n.scalar)
		if n.kind != number || err != nil {
			return wrongf(n.line, where, "must be a whole number")
		}

		into.SetInt(int64(whole))

		return nil
	}

	value, err := strconv.ParseFloat(n.scalar, 64)
	if n.kind != number || err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return wrongf(n.line, where, "must be a number")
	}

	into.SetFloat(value)

	return nil
}

func duration(n *node, into reflect.Value, where string) *wrongError {
	length, err := time.ParseDuration(n.scalar)
	if n.kind != text || err != nil {
		return wrongf(n.line, where, "must be a time such as 10m or 90s")
	}

	into.SetInt(int64(length))

	return nil
}

// fieldNamed is a member by its tag.
func fieldNamed(of reflect.Value, name string) (reflect.Value, bool) {
	for i := range of.NumField() {
		if tag, _, _ := strings.Cut(of.Type().Field(i).Tag.Get("yaml"), ","); tag == name {
			return of.Field(i), true
		}
	}

	return reflect.Value{}, false
}

func join(where, name string) string {
	if where == "" {
		return name
	}

	return where + "." + name
}
