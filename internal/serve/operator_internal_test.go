package serve

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Where the operations port can be reached from elsewhere, a browser changes
// nothing by means of a name; who is no browser does.
func TestNoChangeByName(t *testing.T) {
	t.Parallel()

	own := http.Header{"Origin": {"http://evil.example:9090"}, "Sec-Fetch-Site": {"same-origin"}}

	for name, test := range map[string]struct {
		method, host string
		header       http.Header
		passes       bool
	}{
		"curl by name":     {http.MethodPatch, "ops.internal:9090", nil, true},
		"a page looks":     {http.MethodGet, "evil.example:9090", own, true},
		"a page patches":   {http.MethodPatch, "evil.example:9090", own, false},
		"a page puts":      {http.MethodPut, "evil.example:9090", own, false},
		"a page deletes":   {http.MethodDelete, "evil.example:9090", own, false},
		"one header":       {http.MethodPatch, "evil.example:9090", http.Header{"Sec-Fetch-Site": {"same-origin"}}, false},
		"the other":        {http.MethodPatch, "evil.example:9090", http.Header{"Origin": {"http://evil.example:9090"}}, false},
		"by address":       {http.MethodPatch, "10.1.2.3:9090", http.Header{"Origin": {"http://10.1.2.3:9090"}}, true},
		"by address, IPv6": {http.MethodPatch, "[2001:db8::1]:9090", http.Header{"Origin": {"http://[2001:db8::1]:9090"}}, true},
		"by localhost":     {http.MethodPatch, "localhost:9090", http.Header{"Origin": {"http://localhost:9090"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r := httptest.NewRequestWithContext(t.Context(), test.method, "/strangler/routes/users", http.NoBody)
			r.Host, r.RemoteAddr = test.host, "192.0.2.7:4711"

			maps.Copy(r.Header, test.header)

			if why := intruder(r); (why == "") != test.passes {
				t.Errorf("got %q", why)
			}
		})
	}
}
