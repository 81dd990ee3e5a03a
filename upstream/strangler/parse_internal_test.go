package strangler

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const usersRoute = "routes:\n- path: /api/users/{id}\n"

func TestParse(t *testing.T) {
	t.Parallel()

	reads := []string{"GET", "HEAD"}
	bounds := Bounds{MaxConcurrent: 16, MaxPerSecond: 1000}
	users := Path{Old: "/api/users/{id}", New: "/users/{id}", OldQuery: "detail=full", User: "id"}

	tests := map[string]struct {
		file string
		want File
	}{
		"the least": {
			usersRoute + "  mode: new\n",
			File{Routes: []Route{{Name: "users", Paths: []Path{users}, Service: "user", Methods: reads, Mode: ModeNew}}, Shadow: bounds},
		},
		"the same in JSON": {
			`{"routes":[{"path":"\/api\/users\/{id}","mode":"new"}]}`,
			File{Routes: []Route{{Name: "users", Paths: []Path{users}, Service: "user", Methods: reads, Mode: ModeNew}}, Shadow: bounds},
		},
		"all there is": {
			`---
services: {crm: "https://crm.test:8443/base"}
shadow: {max_concurrent: 3, max_per_second: 50}
routes:
  - name: people
    paths: # of two systems
      - {old: "/old/people/{who}/{rest...}", new: "/v1.2/{who}/p/{rest...}", old_query: full=1&x=%20, user: who}
      - /old/people
      - /old/{user_id}
    service: crm
    methods: [GET]
    mode: percent
    percent: 5
    fallback: true
    compare: {ignore: [$.a], tolerance: {$.b: 0.5}, unordered: ['$[*]'], exact: true}
    ramp: {step: 5, every: 10m, max_error_ratio: 0.01, max_diff_ratio: 0.001, max_p99_ratio: 1.2, min_requests: 7}
  - {name: writes, path: /old/people, service: crm, methods: [POST, PUT], mode: percent, idempotency_key: Idempotency-Key}
`,
			File{
				Services: map[string]string{"crm": "https://crm.test:8443/base"},
				Shadow:   Bounds{MaxConcurrent: 3, MaxPerSecond: 50},
				Routes: []Route{
					{
						Name: "people", Service: "crm", Methods: reads, Mode: ModePercent, Percent: 5, Fallback: true,
						Paths:   []Path{{Old: "/old/people/{who}/{rest...}", New: "/v1.2/{who}/p/{rest...}", OldQuery: "full=1&x=%20", User: "who"}, {Old: "/old/people", New: "/old/people"}, {Old: "/old/{user_id}", New: "/old/{user_id}", User: "user_id"}},
						Compare: Compare{Ignore: []string{"$.a"}, Tolerance: map[string]float64{"$.b": 0.5}, Unordered: []string{"$[*]"}, Exact: true},
						Ramp:    &Ramp{Step: 5, Every: 10 * time.Minute, MaxErrorRatio: 0.01, MaxDiffRatio: new(0.001), MaxP99Ratio: 1.2, MinRequests: 7},
					},
					{
						Name: "writes", Service: "crm", Methods: []string{"POST", "PUT"}, Mode: ModePercent, IdempotencyKey: "Idempotency-Key",
						Paths: []Path{{Old: "/old/people", New: "/old/people"}},
					},
				},
			},
		},
		"a route that a guard has moved back, and that has no service": {
			"routes:\n- path: /api/carts/{id}\n  mode: old\n  percent: 0\n  ramp: {step: 1, every: 1s}\n",
			File{Shadow: bounds, Routes: []Route{{
				Name: "carts", Paths: []Path{{Old: "/api/carts/{id}", New: "/carts/{id}"}}, Methods: reads, Mode: ModeOld,
				Ramp: &Ramp{Step: 1, Every: time.Second, MaxDiffRatio: new(0.001), MinRequests: 20},
			}}},
		},
		"differences that are not to be looked at, and writes, of which there are none": {
			"routes:\n- path: /api/carts/{id}\n  mode: old\n  ramp: {step: 1, every: 1s, max_diff_ratio: 0}\n" +
				"- {name: writes, path: /api/carts, mode: old, methods: [POST], idempotency_key: K, ramp: {step: 1, every: 1s}}\n",
			File{Shadow: bounds, Routes: []Route{
				{
					Name: "carts", Paths: []Path{{Old: "/api/carts/{id}", New: "/carts/{id}"}}, Methods: reads, Mode: ModeOld,
					Ramp: &Ramp{Step: 1, Every: time.Second, MaxDiffRatio: new(0.0), MinRequests: 20},
				},
				{
					Name: "writes", Paths: []Path{{Old: "/api/carts", New: "/carts"}}, Methods: []string{"POST"}, Mode: ModeOld, IdempotencyKey: "K",
					Ramp: &Ramp{Step: 1, Every: time.Second, MinRequests: 20},
				},
			}},
		},
		"a shop's path with a word of its own": {
			"routes:\n- path: {old: '/api/users/{id}', new: '/people/{id}'}\n  service: user\n  mode: new\n",
			File{Shadow: bounds, Routes: []Route{{Name: "users", Paths: []Path{{Old: "/api/users/{id}", New: "/people/{id}", User: "id"}}, Service: "user", Methods: reads, Mode: ModeNew}}},
		},
		"a mark before it": {
			"\ufeff" + usersRoute + "  mode: new\n",
			File{Routes: []Route{{Name: "users", Paths: []Path{users}, Service: "user", Methods: reads, Mode: ModeNew}}, Shadow: bounds},
		},
		"brackets in comments": {
			usersRoute + "  mode: new # [1\n" + strings.Repeat("# see [2, {3\n", 33),
			File{Routes: []Route{{Name: "users", Paths: []Path{users}, Service: "user", Methods: reads, Mode: ModeNew}}, Shadow: bounds},
		},
		"lines that end in two bytes": {
			"# a comment\r\nroutes:\r\n- path: /api/products # and one more\r\n  mode: old\r\n",
			File{Shadow: bounds, Routes: []Route{{Name: "products", Paths: []Path{{Old: "/api/products", New: "/products"}}, Service: "product", Methods: reads, Mode: ModeOld}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d, err := parse([]byte(test.file), shopServices())
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(test.want, d.whole); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()

	route := func(more string) string { return usersRoute + "  mode: old\n" + more }
	write := func(more string) string {
		return "routes:\n- path: /api/orders\n  name: writes\n  methods: [POST]\n" + more
	}

	tests := map[string]struct{ file, want string }{
		"nothing":                {"", "f: is empty"},
		"a comment alone":        {"# routes\n", "f: is empty"},
		"a text":                 {"routes", "f:1: must be an object with routes"},
		"null":                   {"null", "f:1: must be an object with routes"},
		"no routes":              {"routes: []\n", "f:1: routes: must be 1 to 100"},
		"not even that":          {"shadow: {}\n", "f: routes: must be 1 to 100"},
		"too many routes":        {"routes:\n" + strings.Repeat("- {path: /a, mode: old}\n", 101), "f:1: routes: must be 1 to 100"},
		"two documents":          {route("---\na: 1\n"), "f:5: has more than one document"},
		"an anchor":              {"routes: &all\n- path: /api/users/{id}\n  mode: old\n", "f:1: anchors, aliases and tags are not for this file"},
		"an alias":               {route("- *all\n"), "f:4: anchors, aliases and tags are not for this file"},
		"a merge key":            {route("  <<: {fallback: true}\n"), "f:4: names of fields must be plain text"},
		"a tag":                  {route("  fallback: !!bool true\n"), "f:4: anchors, aliases and tags are not for this file"},
		"a field twice":          {route("  mode: new\n"), `f:4: mapping key "mode" already defined at [3:3]`},
		"twice in JSON":          {"{\"routes\":[{\"path\":\"/a\",\n\"mode\":\"old\",\n\"mode\":\"new\"}]}", "f:3: has mode twice"},
		"not YAML":               {"routes:\n- [path\n", "f:2: sequence end token ']' not found"},
		"JSON and more":          {"{\"routes\": []}\n}\n", "f:2: "},
		"too deep":               {strings.Repeat("[", 60_000), "f: has lists or objects that stand too deep in each other"},
		"too deep in no comment": {"a: [\"x\n # y\", " + strings.Repeat("[", 60_000), "f: has lists or objects that stand too deep in each other"},
		"too deep by dashes":     {strings.Repeat("- ", 30_000), "f: has lists or objects that stand too deep in each other"},
		"too long":               {route(strings.Repeat("#", maxFile)), "f: is longer than 65536 bytes"},
		"not UTF-8":              {route("  name: \xff\n"), "f:4: is not UTF-8"},
		"unseen":                 {route("  name: a\x00\n"), `f:4: has a character that cannot be seen, '\x00'`},
		"an unknown field":       {route("  percentage: 5\n"), "f:4: routes[0].percentage: is not known here"},
		"a list for a text":      {route("  name: [a]\n"), "f:4: routes[0].name: must be a text, not a list"},
		"a number for a text":    {route("  name: 5\n"), "f:4: routes[0].name: must be a text, not a number"},
		"nothing for a text":     {route("  name:\n"), "f:4: routes[0].name: must be a text, not nothing"},
		"a text for a truth":     {route("  fallback: \"true\"\n"), "f:4: routes[0].fallback: must be true or false"},
		"a text for a list":      {route("  methods: GET\n"), "f:4: routes[0].methods: must be a list, not a text"},
		"a part of a number":     {route("  percent: 0.5\n"), "f:4: routes[0].percent: must be a whole number"},
		"no mode":                {usersRoute, "f:2: routes[0].mode: must be old, shadow, percent or new"},
		"a wrong mode":           {route("- path: /api/products\n  name: p\n  mode: nwe\n"), `f:6: routes[1].mode: must be old, shadow, percent or new, not "nwe"`},
		"a percent beyond":       {usersRoute + "  mode: percent\n  percent: 101\n", "f:4: routes[0].percent: must be 0 to 100"},
		"a percent for old":      {route("  percent: 5\n"), "f:4: routes[0].percent: is for mode percent, and must be 0 or absent in mode old"},
		"no path":                {"routes:\n- name: a\n  mode: old\n", "f:2: routes[0]: must have a path, or 1 to 20 paths"},
		"path and paths":         {route("  paths: [/api/x]\n"), "f:2: routes[0]: must have path or paths, not both"},
		"too many paths":         {"routes:\n- paths: [" + strings.Repeat("/a,", 20) + "/a]\n  mode: old\n", "f:2: routes[0]: must have a path, or 1 to 20 paths"},
		"a path of numbers":      {"routes:\n- path: 5\n  mode: old\n", "f:2: routes[0].path: must be a text or an object, not a number"},
		"no slash":               {"routes:\n- path: api\n  name: a\n  mode: old\n", "f:2: routes[0].path: the old path must begin with /"},
		"a query":                {"routes:\n- path: /a?b\n  name: a\n  mode: old\n", "f:2: routes[0].path: the old path must be a path without a query"},
		"two slashes":            {"routes:\n- path: /a//b\n  mode: old\n", "f:2: routes[0].path: the old path has an empty segment"},
		"a slash at the end":     {"routes:\n- path: /a/\n  mode: old\n", "f:2: routes[0].path: the old path has an empty segment"},
		"a step up":              {"routes:\n- path: /a/../b\n  mode: old\n", "f:2: routes[0].path: the old path has a segment that begins with a dot"},
		"an escape":              {"routes:\n- paths: [/b, /a%2fb]\n  mode: old\n", "f:2: routes[0].paths[1]: the old path may have letters"},
		"an open variable":       {"routes:\n- path: '/a/{id'\n  mode: old\n", "f:2: routes[0].path: the old path has a variable that is not like {id}"},
		"half a variable":        {"routes:\n- path: '/a/x{id}'\n  mode: old\n", "f:2: routes[0].path: the old path may have letters"},
		"a rest in between":      {"routes:\n- path: '/a/{all...}/b'\n  mode: old\n", "f:2: routes[0].path: the old path must end with {all...}"},
		"a variable twice":       {"routes:\n- path: '/a/{id}/{id}'\n  mode: old\n", "f:2: routes[0].path: the old path has {id} twice"},
		"too many variables":     {"routes:\n- path: '/a/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}'\n  mode: old\n", "f:2: routes[0].path: the old path has too many"},
		"a foreign variable":     {"routes:\n- path:\n    old: '/a/{id}'\n    new: '/a/{di}'\n  mode: old\n", "f:4: routes[0].path.new: has {di}, which the old path has not"},
		"a bad old query":        {"routes:\n- path: {old: /a, old_query: '?x'}\n  mode: old\n", "f:2: routes[0].path.old_query: must be a query"},
		"a name":                 {route("  name: Users\n"), "f:4: routes[0].name: must be a letter"},
		"no name to be had":      {"routes:\n- path: '/{id}'\n  mode: old\n", "f:2: routes[0].name: must be a letter"},
		"a name twice":           {route("- path: /api/products\n  name: users\n  mode: old\n"), "f:5: routes[1].name: users is that of another route too"},
		"a request twice":        {route("- path: '/api/users/{who}'\n  name: b\n  mode: old\n"), "f:4: routes[1]: GET /api/users/{} is twice, here and in users"},
		"twice in one route":     {"routes:\n- paths: ['/a/{b}', '/a/{c}']\n  mode: old\n", "f:2: routes[0]: GET /a/{} is twice, here and in a"},
		"twice for a service":    {route("- path: {old: '/v2/u/{x}', new: '/users/{x}'}\n  name: b\n  service: user\n  mode: old\n"), "f:4: routes[1]: GET /users/{} is twice, here and in users"},
		"no service":             {"routes:\n- path: /api/carts\n  mode: shadow\n", "f:2: routes[0]: needs a service, for its mode is not old"},
		"an unknown service":     {"routes:\n- path: /api/carts\n  mode: old\n  service: cart\n", `f:4: routes[0].service: must be one of order, product, user, not "cart"`},
		"a service's URL":        {route("services:\n  crm: crm.test\n"), "f:5: services.crm: must be a URL such as http://127.0.0.1:8090"},
		"a URL with a user":      {route("services:\n  crm: http://u:p@crm.test\n"), "f:5: services.crm: must be a short URL"},
		"a known service":        {route("services:\n  user: http://u.test\n"), "f:5: services.user: is known by the settings already"},
		"a service's name":       {route("services:\n  C: http://u.test\n"), "f:5: services.C: must have a name like user"},
		"an unknown method":      {route("  methods: [GET, BREW]\n"), `f:4: routes[0].methods: may have GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE, not "BREW"`},
		"a method twice":         {route("  methods: [GET, GET]\n"), "f:4: routes[0].methods: has GET twice"},
		"reads and writes":       {route("  methods: [GET, POST]\n"), "f:4: routes[0].methods: must be all reads or all writes"},
		"a key for reads":        {route("  idempotency_key: K\n"), "f:4: routes[0].idempotency_key: must be the name of a header"},
		"a key that is dropped":  {write("  mode: old\n  idempotency_key: Idempotency_Key\n"), "f:6: routes[0].idempotency_key: must be a name without _"},
		"a key of no header":     {write("  mode: old\n  idempotency_key: a b\n"), "f:6: routes[0].idempotency_key: must be the name of a header"},
		"shadowed writes":        {write("  mode: shadow\n"), "f:5: routes[0].mode: must not be shadow"},
		"writes fallen back":     {write("  mode: new\n  fallback: true\n"), "f:6: routes[0].fallback: must be false"},
		"writes in percent":      {write("  mode: percent\n"), "f:2: routes[0]: writes, and needs an idempotency_key"},
		"writes on a ramp":       {write("  mode: old\n  ramp: {step: 1, every: 1s}\n"), "f:2: routes[0]: writes, and needs an idempotency_key"},
		"a step":                 {route("  ramp:\n    step: 0\n    every: 1s\n"), "f:5: routes[0].ramp.step: must be 1 to 100"},
		"too often":              {route("  ramp:\n    step: 1\n    every: 10ms\n"), "f:6: routes[0].ramp.every: must be 1s to 720h"},
		"a time of numbers":      {route("  ramp:\n    step: 1\n    every: 10\n"), "f:6: routes[0].ramp.every: must be a time such as 10m or 90s"},
		"too fast to be true":    {route("  ramp: {step: 1, every: 1s, max_p99_ratio: 0.9}\n"), "f:4: routes[0].ramp.max_p99_ratio: must be 0, or 1 to 1000"},
		"more than all":          {route("  ramp: {step: 1, every: 1s, max_error_ratio: 1.1}\n"), "f:4: routes[0].ramp.max_error_ratio: must be 0 to 1"},
		"no number":              {route("  ramp: {step: 1, every: 1s, max_diff_ratio: .nan}\n"), "f:4: routes[0].ramp.max_diff_ratio: must be a number"},
		"a rule":                 {route("  compare:\n    ignore: [a.b]\n"), `f:4: routes[0].compare: ignore "a.b": a path is like $.items[*].price, with .* for any member and ["…"] for a name that is no plain word`},
		"less than nothing":      {route("  compare: {tolerance: {$.a: -1}}\n"), `f:4: routes[0].compare: tolerance "$.a": a tolerance is 0 or from 1e-15 to 1e+15`},
		"a user of another path": {"routes:\n- path: {old: '/a/{b}', user: c}\n  mode: old\n", `f:2: routes[0].path.user: must be a variable of the old path, not "c"`},
		"a user who is a rest":   {"routes:\n- path: {old: '/a/{b...}', user: b...}\n  mode: old\n", `f:2: routes[0].path.user: must be a variable of the old path, not "b..."`},
		"many shadows":           {route("shadow: {max_concurrent: 257}\n"), "f:4: shadow.max_concurrent: must be 0 to 256"},
		"many a second":          {route("shadow: {max_per_second: 100001}\n"), "f:4: shadow.max_per_second: must be 0 to 100000"},
		"a text in a block":      {"# a |\nroutes:\n- path: /a\n  mode: |-\n    old\n", "f:4: texts in blocks"},
		"a folded text":          {"routes:\n- path: /a # >\n  mode: > # b\n    old\n", "f:3: texts in blocks"},
		"a block with a tag":     {"routes:\n- path: /a\n  \"x #\": !!str |2+\n    old\n", "f:3: texts in blocks"},
		"a second mark":          {"\ufeff\ufeff" + usersOld, "f:1: has a character that cannot be seen"},
		"a mark inside":          {usersOld + "# \ufeff\n", "f:4: has a character that cannot be seen"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := parse([]byte(test.file), shopServices())

			wrong, is := errors.AsType[*wrongError](err)
			if !is {
				t.Fatalf("got %v", err)
			}

			if got := wrong.in("f"); !strings.HasPrefix(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// FuzzParse wants no file to end the process, and what is accepted to be the
// same file when it is written anew in either form.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "null", usersRoute, usersRoute + "  mode: new\n", `{"routes":[{"path":"/api/users/{id}","mode":"old"}]}`,
		"routes:\n- paths: [/api/orders, {old: '/a/{b...}', new: '/{b...}', old_query: x}]\n  service: order\n  mode: percent\n  percent: 7\n" +
			"  ramp: {step: 1, every: 90s, max_p99_ratio: 1.5}\n  compare: {tolerance: {$.a: 1e-3}, ignore: [\"$.é\"]}\nservices: {a: http://a.test}\nshadow: {max_per_second: 9}\n",
		"a: &b [*b]", "- - - -", "? a\n: b", "a: |\n  b\n", "{a: [", "\r\n#\r\n",
	} {
		f.Add([]byte(seed))
	}

	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := parse(data, shopServices())
		if err != nil {
			if _, is := errors.AsType[*wrongError](err); !is || strings.Contains(err.Error(), "\n") {
				t.Fatalf("an error of another kind: %v", err)
			}

			return
		}

		for _, asJSON := range []bool{true, false} {
			anew, err := render(d.whole, asJSON)
			if err != nil {
				t.Fatal(err)
			}

			if len(anew) > maxFile {
				continue // It says more than was written.
			}

			again, err := parse(anew, shopServices())
			if err != nil {
				t.Fatalf("%v\n%s", err, anew)
			}

			if diff := cmp.Diff(d.whole, again.whole); diff != "" {
				t.Errorf("%s\n%s", diff, anew)
			}
		}
	})
}
