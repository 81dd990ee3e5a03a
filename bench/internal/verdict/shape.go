package verdict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
)

// shape is how a page shows a thing: its fields, each of a field of the
// service's.
type shape []member

type member struct {
	name, from string
	value      func(any) any
}

func same(value any) any { return value }

// fields are shown under the service's own names, as they are.
func fields(names ...string) (s shape) {
	for _, name := range names {
		s = append(s, member{name, name, same})
	}

	return s
}

// with is the shape with one more field.
func (s shape) with(name, from string, value func(any) any) shape {
	return append(slices.Clip(s), member{name, from, value})
}

// of is a thing, or a list of them, as it is shown. What is no thing is left as
// it is.
func (s shape) of(value any) any {
	switch value := value.(type) {
	case []any:
		shown := make([]any, len(value))
		for i := range value {
			shown[i] = s.of(value[i])
		}

		return shown
	case map[string]any:
		shown := map[string]any{}
		for _, m := range s {
			shown[m.name] = m.value(value[m.from])
		}

		return shown
	default:
		return value
	}
}

// each shows every element of a list in a shape.
func each(s shape) func(any) any { return s.of }

// pairs is an object as a list of names and values, sorted by name.
func pairs(value any) any {
	object, _ := value.(map[string]any)
	list := make([]any, 0, len(object))

	for _, name := range slices.Sorted(maps.Keys(object)) {
		list = append(list, map[string]any{"name": name, "value": object[name]})
	}

	return list
}

// right is a section as it has to be for a user.
func (j *Judge) right(s section, user string) (any, error) {
	value, err := j.said(s, user)
	if err != nil {
		return nil, err
	}

	return s.shape.of(value), nil
}

// said is what the service, when nothing ails it, says of a user.
func (j *Judge) said(s section, user string) (value any, err error) {
	target := "/users/" + user
	if s.limit > 0 {
		target = "/" + string(s.service) + "s?user_id=" + user + "&limit=" + strconv.Itoa(s.limit)
	}

	answer := httptest.NewRecorder()
	j.shop.Gate(s.service).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, target, http.NoBody)) //nolint:noctx // It is answered at once.

	if value, err = decode(answer.Body.Bytes()); err != nil || answer.Code != http.StatusOK {
		return nil, fmt.Errorf("%w: %s of the %s service: %d, %w", errData, target, s.service, answer.Code, err)
	}

	return value, nil
}

// stranger is whom a service answers for when it mistakes the user: see
// [upstreamtest.WrongUser].
func stranger(user string) string {
	if user == "u-1" {
		return "u-2"
	}

	return "u-1"
}

// decode keeps numbers as they are written, and takes nothing but one value.
func decode(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()

	if err = decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}

	return value, nil
}
