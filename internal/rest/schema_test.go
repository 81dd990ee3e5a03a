package rest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document is an OpenAPI document as its readers have it.
type document map[string]any

// newDocument reads the document of a handler.
func newDocument(t *testing.T, text string) document {
	t.Helper()

	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}

	return d
}

// at follows a JSON Pointer, nil where it leads nowhere.
func (d document) at(pointer string) any {
	var here any = map[string]any(d)
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		object, _ := here.(map[string]any)
		here = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}

	return here
}

// check holds value against schema, as far as the documents here use JSON
// Schema: what it does not know it reports, so that it cannot pass by silence.
func (d document) check(schema, value any, place string) []string {
	var wrong []string

	rules, ok := schema.(map[string]any)
	if !ok {
		return []string{place + ": there is no schema"}
	}

	for keyword, rule := range rules {
		if reason := d.rule(keyword, rule, value, place); reason != nil {
			wrong = append(wrong, reason...)
		}
	}

	return wrong
}

func (d document) rule(keyword string, rule, value any, place string) []string {
	switch keyword {
	case "description", "examples", "format", "patternDescription":
		return nil
	case "$ref":
		return d.check(d.at(strings.TrimPrefix(rule.(string), "#")), value, place)
	case "type":
		return when(!isOf(value, rule), "%s: %v is no %v", place, value, rule)
	case "enum":
		return when(!slices.Contains(rule.([]any), value), "%s: %v is none of %v", place, value, rule)
	case "pattern":
		return when(!regexp.MustCompile(rule.(string)).MatchString(fmt.Sprint(value)), "%s: %v is not as %v", place, value, rule)
	case "maxItems":
		list, _ := value.([]any)

		return when(len(list) > int(rule.(float64)), "%s: %d elements are too many", place, len(list))
	case "oneOf", "anyOf":
		fits := func(s any) bool { return len(d.check(s, value, place)) == 0 }

		return when(!slices.ContainsFunc(rule.([]any), fits), "%s: %v fits none of %v", place, value, rule)
	default:
		return d.inside(keyword, rule, value, place)
	}
}

// inside are the rules for what is in an object or a list.
func (d document) inside(keyword string, rule, value any, place string) (wrong []string) {
	object, _ := value.(map[string]any)
	list, _ := value.([]any)

	switch keyword {
	case "required":
		for _, name := range rule.([]any) {
			_, found := object[name.(string)]
			wrong = append(wrong, when(!found && object != nil, "%s: no %v", place, name)...)
		}
	case "properties":
		for name, schema := range rule.(map[string]any) {
			if member, found := object[name]; found {
				wrong = append(wrong, d.check(schema, member, place+"/"+name)...)
			}
		}
	case "additionalProperties":
		if schema, ok := rule.(map[string]any); ok {
			for name, member := range object {
				wrong = append(wrong, d.check(schema, member, place+"/"+name)...)
			}
		}
	case "items":
		for i, element := range list {
			wrong = append(wrong, d.check(rule, element, fmt.Sprintf("%s/%d", place, i))...)
		}
	default:
		wrong = []string{fmt.Sprintf("%s: the test does not know the rule %q", place, keyword)}
	}

	return wrong
}

func when(wrong bool, format string, args ...any) []string {
	if !wrong {
		return nil
	}

	return []string{fmt.Sprintf(format, args...)}
}

// isOf reports whether value is of a type, or of one in a list of types.
func isOf(value, types any) bool {
	if list, ok := types.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return isOf(value, one) })
	}

	switch v := value.(type) {
	case nil:
		return types == "null"
	case string:
		return types == "string"
	case bool:
		return types == "boolean"
	case float64:
		return types == "number" || types == "integer" && v == float64(int64(v))
	case []any:
		return types == "array"
	default:
		return types == "object"
	}
}
