package web_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/bff/bfftest"
	"storefront/bff/web"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

const (
	summary = "/api/customers/12345/summary"
	// guide is the record of the guide.
	guide = `{"cust_num":"12345","f_name":"John","l_name":"Doe","addr_line_1":"123 Main St","addr_line_2":"","city":"NYC","state":"NY","zip":"10001",` +
		`"ph_num":"1234567890","email_addr":"john@example.com","cust_type":"P","loyalty_pts":1500}`
	inShort = `{"name":"John Doe","email":"john@example.com","tier":"PREMIUM","points":1500}`
)

func TestCustomerSummary(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		record string
		fault  upstreamtest.Fault
		status int
		want   string
	}{
		"the guide's":     {record: guide, status: http.StatusOK, want: inShort},
		"an empty record": {record: `{"cust_num":12345}`, status: http.StatusOK, want: `{"name":null,"email":null,"tier":"UNKNOWN","points":null}`},
		"a dirty one": {
			record: "{\"cust_num\":\"12345 \",\"f_name\":\"JOS\xc9\",\"l_name\":\"DOE  \",\"email_addr\":\"JD@EXAMPLE.COM\",\"cust_type\":\"r\",\"loyalty_pts\":\"1,500\"}",
			status: http.StatusOK, want: `{"name":"José Doe","email":"jd@example.com","tier":"REGULAR","points":1500}`,
		},
		"no such customer": {fault: upstreamtest.NotFound(), status: http.StatusNotFound, want: "urn:storefront:problem:no-such-customer"},
		"down":             {fault: upstreamtest.Status(http.StatusInternalServerError), status: http.StatusServiceUnavailable, want: "nothing-to-show"},
		"late":             {fault: upstreamtest.Hang(), status: http.StatusServiceUnavailable, want: "nothing-to-show"},
		"someone else":     {fault: upstreamtest.WrongUser(), status: http.StatusServiceUnavailable, want: "nothing-to-show"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Set(upstreamtest.Customer, "/cust/12345", test.record)

				if test.fault != (upstreamtest.Fault{}) {
					shop.Fail(upstreamtest.Customer, test.fault)
				}

				got := bfftest.Get(t, handler(t, shop), summary)
				if body := got.Body.String(); got.Code != test.status || !strings.Contains(body, test.want) || test.status == http.StatusOK && body != test.want {
					t.Errorf("%d %s", got.Code, body)
				}

				if has := got.Header().Get("Retry-After") != ""; has != (test.status == http.StatusServiceUnavailable) {
					t.Errorf("Retry-After is there: %t", has)
				}
			})
		})
	}
}

// TestCustomerSummaryIsKept: the last good answer stands in for a system that is
// down, and the page says so.
func TestCustomerSummaryIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		shop.Set(upstreamtest.Customer, "/cust/12345", guide)

		bff := handler(t, shop)
		bfftest.Get(t, bff, summary)
		time.Sleep(time.Minute)
		shop.Fail(upstreamtest.Customer, upstreamtest.Status(http.StatusBadGateway))

		want := strings.TrimSuffix(inShort, "}") + `,"degraded":[{"section":"customer","state":"stale","reason":"unavailable","age_seconds":60}]}`
		if got := bfftest.Get(t, bff, summary).Body.String(); got != want {
			t.Errorf("got %s", got)
		}

		// A customer who is gone is gone.
		shop.Fail(upstreamtest.Customer, upstreamtest.NotFound())

		if got := bfftest.Get(t, bff, summary); got.Code != http.StatusNotFound {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	})
}

// TestWithoutCustomerSystem: where none is set, all but customers is there.
func TestWithoutCustomerSystem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bff := bfftest.Handler(t, upstreamtest.New(t), func(services upstream.Services) http.Handler {
			delete(services, upstream.Customer)

			return web.New(services).Routes(new(web.Settings), nothing(), nothing())
		})

		got := bfftest.Get(t, bff, summary)
		if got.Code != http.StatusNotFound || !strings.Contains(got.Body.String(), "urn:storefront:problem:no-customers") {
			t.Errorf("%d %s", got.Code, got.Body)
		}

		if after := got.Header().Get("Retry-After"); after != "" {
			t.Errorf("it is to be tried again after %s, in vain", after)
		}

		if got := bfftest.Get(t, bff, "/api/dashboard/u"); got.Code != http.StatusOK || strings.Contains(got.Body.String(), "degraded") {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	})
}

// TestNoLegacyNames: whatever the system sends, no client reads its names, nor
// what is wrong with it.
func TestNoLegacyNames(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("../../upstream/customer/testdata/golden/*.in")
	if err != nil || len(files) == 0 {
		t.Fatalf("%q, %v", files, err)
	}

	theirs := regexp.MustCompile(`cust_|[fl]_name|addr_line|ph_num|email_addr|_pts|json at|offset|/cust/`)

	for _, file := range files {
		record, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}

		synctest.Test(t, func(t *testing.T) {
			shop := upstreamtest.New(t)
			shop.Set(upstreamtest.Customer, "/cust/12345", string(record))

			got := bfftest.Get(t, handler(t, shop), summary)
			if name := theirs.Find(got.Body.Bytes()); name != nil || !json.Valid(got.Body.Bytes()) {
				t.Errorf("%s: %d, %q in %s", file, got.Code, name, got.Body)
			}

			for header := range got.Header() {
				if theirs.MatchString(got.Header().Get(header)) {
					t.Errorf("%s: %s: %s", file, header, got.Header().Get(header))
				}
			}

			if got.Code != http.StatusOK && got.Code != http.StatusServiceUnavailable {
				t.Errorf("%s: %d", file, got.Code)
			}
		})
	}
}
