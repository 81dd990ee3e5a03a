package jsonview

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"storefront/internal/wire"
)

// member is a field of a struct, or of a struct that is embedded in it.
type member struct {
	first    int    // its index, or that of the struct that it is in
	further  []int  // its index there
	opening  string // a comma, the name and a colon
	optional bool   // left out when it is empty
	write    writer
}

// object makes the writer of a struct type.
func (seen types) object(t reflect.Type) writer {
	members, plain := seen.members(t, nil)
	if !plain || repeated(members) {
		return writeStandard
	}

	return func(dst []byte, v reflect.Value) ([]byte, error) {
		start := len(dst)

		for i := range members {
			m := &members[i]

			field := v.Field(m.first)
			for _, further := range m.further {
				field = field.Field(further)
			}

			if m.optional && isEmpty(field) {
				continue
			}

			var err error
			if dst, err = m.write(append(dst, m.opening...), field); err != nil {
				return nil, fmt.Errorf("%s %w", m.opening[1:], err)
			}
		}

		if len(dst) == start {
			return append(dst, "{}"...), nil
		}

		dst[start] = '{' // in place of the first member's comma

		return append(dst, '}'), nil
	}
}

// members lists the fields of t, which is at outer in the struct, in the order
// of encoding/json. Where t has anything that few structs have, plain is false.
func (seen types) members(t reflect.Type, outer []int) (members []member, plain bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		index := append(append([]int(nil), outer...), i)
		tag := field.Tag.Get("json")
		name, option, _ := strings.Cut(tag, ",")

		switch {
		case field.Anonymous:
			if tag != "" || field.Type.Kind() != reflect.Struct || seen[field.Type] {
				return nil, false
			}

			inner, plain := seen.members(field.Type, index)
			if !plain {
				return nil, false
			}

			members = append(members, inner...)
		case !field.IsExported(), tag == "-":
			continue
		case option != "" && option != "omitempty", strings.ContainsFunc(name, isOdd):
			return nil, false
		default:
			if name == "" {
				name = field.Name
			}

			members = append(members, member{
				first: index[0], further: index[1:], opening: "," + string(wire.AppendText(nil, name)) + ":",
				optional: option != "", write: seen.writer(field.Type),
			})
		}
	}

	return members, true
}

// isOdd reports whether encoding/json might not take a name with r in it.
func isOdd(r rune) bool { return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// repeated reports whether two members have the same name. Which of them counts
// is a science of its own.
func repeated(members []member) bool {
	names := map[string]bool{}
	for _, m := range members {
		names[m.opening] = true
	}

	return len(names) < len(members)
}

// isEmpty is what encoding/json means by it.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}
