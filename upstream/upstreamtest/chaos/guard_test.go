package chaos_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOnlyThisMachine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer, host string
		headers    []string
		passes     bool
	}{
		"curl":                {"127.0.0.1:40000", "127.0.0.1:9090", nil, true},
		"curl by name":        {"127.0.0.1:40000", "localhost:9090", nil, true},
		"without a port":      {"127.0.0.1:40000", "localhost", nil, true},
		"IPv6":                {"[::1]:40000", "[::1]:9090", nil, true},
		"IPv6, no port":       {"[::1]:40000", "[::1]", nil, true},
		"IPv4 in IPv6":        {"[::ffff:127.0.0.1]:40000", "127.0.0.1:9090", nil, true},
		"own page":            {"127.0.0.1:40000", "localhost:9090", []string{"Origin", "http://localhost:9090", "Sec-Fetch-Site", "same-origin"}, true},
		"typed in":            {"127.0.0.1:40000", "localhost:9090", []string{"Sec-Fetch-Site", "none"}, true},
		"another machine":     {"192.0.2.1:40000", "127.0.0.1:9090", nil, false},
		"another, IPv6":       {"[2001:db8::1]:40000", "[::1]:9090", nil, false},
		"no address":          {"@", "127.0.0.1:9090", nil, false},
		"a rebound name":      {"127.0.0.1:40000", "evil.example:9090", nil, false},
		"a longer name":       {"127.0.0.1:40000", "localhost.evil.example", nil, false},
		"the machine's name":  {"127.0.0.1:40000", "10.0.0.1:9090", nil, false},
		"no host":             {"127.0.0.1:40000", "", nil, false},
		"forwarded":           {"127.0.0.1:40000", "127.0.0.1:9090", []string{"X-Forwarded-For", "127.0.0.1"}, false},
		"forwarded, by RFC":   {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Forwarded", "for=192.0.2.1"}, false},
		"behind an empty one": {"127.0.0.1:40000", "127.0.0.1:9090", []string{"X-Forwarded-For", "", "X-Forwarded-For", "192.0.2.1"}, false},
		"forwarded, empty":    {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Forwarded", ""}, false},
		"behind nginx":        {"127.0.0.1:40000", "127.0.0.1:9090", []string{"X-Real-IP", "192.0.2.1"}, false},
		"via":                 {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Via", "1.1 proxy"}, false},
		"cross-site":          {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Sec-Fetch-Site", "cross-site"}, false},
		"same site":           {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Sec-Fetch-Site", "same-site"}, false},
		"other origin":        {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Origin", "http://evil.example"}, false},
		"other port":          {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Origin", "http://127.0.0.1:8080"}, false},
		"a file":              {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Origin", "null"}, false},
		"no URL":              {"127.0.0.1:40000", "127.0.0.1:9090", []string{"Origin", "http://%zz"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t)
			for _, route := range []struct{ method, path, body string }{
				{http.MethodPut, "/chaos/user", `{"preset":"down"}`},
				{http.MethodGet, "/chaos", ""},
				{http.MethodDelete, "/chaos/user", ""},
				{http.MethodDelete, "/chaos", ""},
			} {
				r := local(t, route.method, route.path, route.body)
				r.RemoteAddr, r.Host = test.peer, test.host
				for i := 0; i+1 < len(test.headers); i += 2 {
					r.Header.Add(test.headers[i], test.headers[i+1])
				}
				answer := httptest.NewRecorder()
				p.control.ServeHTTP(answer, r)
				want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[test.passes]
				if answer.Code != want || !test.passes && !strings.HasPrefix(answer.Body.String(), "Chaos is ") {
					t.Errorf("%s %s: %d %s", route.method, route.path, answer.Code, answer.Body)
				}
			}
		})
	}
}
