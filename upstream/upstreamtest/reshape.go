package upstreamtest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// nesting is how many lists stand one in another in deepNesting.
const nesting = 100_000

// reshaped is a fault that gives the good answer with another body.
func reshaped(reshape func(body []byte) []byte) answerer {
	return func(c call) {
		a := capture(c)
		body := reshape(a.body)
		a.sendHeader(c.w, len(body))
		mustWrite(c.w, body)
	}
}

func garbage([]byte) []byte { return []byte("<<< " + Secret + " is no JSON") }

func trailingGarbage(body []byte) []byte {
	return slices.Concat(body, []byte(`{"`+Secret))
}

func wrongType(body []byte) []byte {
	if bytes.HasPrefix(body, []byte("[")) {
		return []byte(`"` + Secret + `"`)
	}
	return wrongElement(body)
}

func wrongElement(body []byte) []byte {
	return eachObject(body, func(fields []field) []byte {
		for i, f := range fields {
			if !isID(i, f.key) {
				fields[i].value = retype(f.value)
			}
		}
		return join(fields)
	})
}

// isID reports whether the key of a field, in quotes, is that of what an object is
// called. A record of a system whose names for things we do not know begins with
// it, as all others do.
func isID(at int, key string) bool { return key == `"id"` || at == 0 }

// retype gives JSON of another type than that of value.
func retype(value string) string {
	switch value[0] {
	case '"':
		return "17"
	case '{':
		return `["` + Secret + `"]`
	default:
		return `"` + Secret + `"`
	}
}

func duplicateKeys(body []byte) []byte {
	return eachObject(body, func(fields []field) []byte {
		again := append([]field(nil), fields...)
		return join(append(fields, eachString(again, func(string) string { return `"` + Secret + `"` })...))
	})
}

func invalidUTF8(body []byte) []byte {
	return eachObject(body, func(fields []field) []byte {
		return join(eachString(fields, func(value string) string { return "\"\xff\xfe" + value[1:] }))
	})
}

func deepNesting(body []byte) []byte {
	nest := strings.Repeat("[", nesting) + strings.Repeat("]", nesting)
	before, after, found := bytes.Cut(body, []byte("{"))
	if !found {
		return []byte(nest)
	}
	return slices.Concat(before, []byte(`{"unread":`+nest+`,`), after)
}

// field is one member of a JSON object: its key in quotes, its value as it was
// written.
type field struct{ key, value string }

// eachObject changes the object that body is, or each that the list has. Any
// other body is left as it is.
func eachObject(body []byte, change func([]field) []byte) []byte {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil {
		fields, ok := split(body)
		if !ok {
			return body
		}
		return change(fields)
	}
	changed := make([][]byte, len(list))
	for i, element := range list {
		changed[i] = element
		if fields, ok := split(element); ok {
			changed[i] = change(fields)
		}
	}
	return slices.Concat([]byte("["), bytes.Join(changed, []byte(",")), []byte("]"))
}

// eachString changes the fields that are strings, all but the ids.
func eachString(fields []field, change func(value string) string) []field {
	for i, f := range fields {
		if !isID(i, f.key) && strings.HasPrefix(f.value, `"`) {
			fields[i].value = change(f.value)
		}
	}
	return fields
}

// split takes an object apart in the order in which it was written, digits and
// all; ok is false for anything else.
func split(object []byte) (fields []field, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	for decoder.More() {
		from := decoder.InputOffset()
		if _, err := decoder.Token(); err != nil {
			return nil, false
		}
		key := bytes.TrimLeft(object[from:decoder.InputOffset()], ", \t\r\n")
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, false
		}
		fields = append(fields, field{key: string(key), value: string(value)})
	}
	return fields, true
}

func join(fields []field) []byte {
	members := make([]string, len(fields))
	for i, f := range fields {
		members[i] = f.key + ":" + f.value
	}
	return []byte("{" + strings.Join(members, ",") + "}")
}
