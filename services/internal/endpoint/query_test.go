package endpoint_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"storefront/services/internal/endpoint"
)

// parse reads a query as a service would.
func parse(t *testing.T, raw string) (endpoint.Query, error) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	request.URL.RawQuery = raw
	return endpoint.ParseQuery(request)
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]int{ // 0: refused
		"": 50, "limit=1": 1, "limit=99": 99, "limit=100": 100, "limit=101": 100, "limit=4294967297": 100,
		"limit=99999999999999999999999": 100, "limit=007": 7, "other=x": 50,
		"limit=": 0, "limit=0": 0, "limit=00": 0, "limit=-1": 0, "limit=%2B5": 0, "limit=5.0": 0, "limit=1e1": 0, "limit=x": 0, "limit=5&limit=5": 0,
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			query, err := parse(t, raw)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := query.Limit(); got != want || (err != nil) != (want == 0) {
				t.Errorf("Limit() = %d, %v", got, err)
			}
		})
	}
}

func TestID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, want string // "": refused
	}{
		{"id=user_1", "user_1"},
		{"id=a%20b%2Fc", "a b/c"},
		{"id=" + strings.Repeat("%C3%A9", 128), strings.Repeat("é", 128)},
		{"id=" + strings.Repeat("%C3%A9", 129), ""},
		{"id=", ""},
		{"", ""},
		{"id=a&id=a", ""},
		{"id=%00", ""},
		{"id=a%0Ab", ""},
		{"id=%C3", ""},
	} {
		t.Run(test.raw[:min(len(test.raw), 30)], func(t *testing.T) {
			t.Parallel()
			query, err := parse(t, test.raw)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := query.ID("id"); got != test.want || (err != nil) != (test.want == "") {
				t.Errorf("ID() = %q, %v", got, err)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	thousand := strings.Repeat("a,", endpoint.MaxIDs-1) + "b"
	for _, test := range []struct {
		raw  string
		want []string // nil: refused
	}{
		{"ids=a", []string{"a"}},
		{"ids=b,a,b,c,a", []string{"b", "a", "c"}},
		{"ids=a%2Cb", []string{"a", "b"}},
		{"ids=" + thousand, []string{"a", "b"}},
		{"ids=" + thousand + ",c", nil},
		{"ids=", nil},
		{"ids=a,", nil},
		{"ids=a&ids=b", nil},
		{"ids=a," + strings.Repeat("x", 129), nil},
	} {
		t.Run(test.raw[:min(len(test.raw), 20)], func(t *testing.T) {
			t.Parallel()
			query, err := parse(t, test.raw)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := query.IDs("ids"); !slices.Equal(got, test.want) || (err != nil) != (test.want == nil) {
				t.Errorf("IDs() = %q, %v", got, err)
			}
		})
	}
}

// FuzzQuery holds that whatever is accepted lies within the limits.
func FuzzQuery(f *testing.F) {
	for _, raw := range []string{"ids=a,b&limit=5", "ids=%FF", "limit=-0", "ids=a&ids=b", "%zz", ";", "ids=" + strings.Repeat(",", 1000)} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := parse(t, raw)
		if err != nil {
			return
		}
		if limit, err := query.Limit(); err == nil && (limit < 1 || limit > endpoint.MaxLimit) {
			t.Errorf("limit %d", limit)
		}
		ids, err := query.IDs("ids")
		if err != nil {
			return
		}
		if len(ids) < 1 || len(ids) > endpoint.MaxIDs || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
			t.Errorf("%d ids, or some twice", len(ids))
		}
		for _, id := range ids {
			if id == "" || utf8.RuneCountInString(id) > endpoint.MaxIDLength || !utf8.ValidString(id) {
				t.Errorf("id %q", id)
			}
		}
	})
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 7002}
	for _, test := range []struct {
		host   string
		secure bool
		want   string // "": refused
	}{
		{"shop.test", false, "http://shop.test"},
		{"shop.test:8443", true, "https://shop.test:8443"},
		{"[::1]:7002", false, "http://[::1]:7002"},
		{"", false, "http://127.0.0.1:7002"}, // HTTP/1.0: the address that was dialled
		{"evil.test/path", false, ""},
		{"user@evil.test", false, ""},
		{"evil test", false, ""},
		{strings.Repeat("x", 262), false, ""},
	} {
		t.Run(strconv.Quote(test.host[:min(len(test.host), 20)]), func(t *testing.T) {
			t.Parallel()
			ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, local)
			request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
			request.Host = test.host
			if test.secure {
				request.TLS = &tls.ConnectionState{}
			}
			if got, err := endpoint.BaseURL(request); got != test.want || (err != nil) != (test.want == "") {
				t.Errorf("BaseURL() = %q, %v", got, err)
			}
		})
	}
}
