package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"storefront/bff/bfftest"
	"storefront/bff/web"
	"storefront/graph"
	"storefront/internal/telemetry"
	"storefront/upstream"
	"storefront/upstream/upstreamtest"
)

const guideRecord = `{"cust_num":"12345","f_name":"John","l_name":"Doe","addr_line_1":"123 Main St","addr_line_2":"","city":"NYC","state":"NY","zip":"10001",` +
	`"ph_num":"1234567890","email_addr":"john@example.com","cust_type":"P","loyalty_pts":1500}`

// TestCustomers: what clients see of the legacy customer system, and what they
// see without it.
func TestCustomers(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		operation string
		fault     upstreamtest.Fault
		want      string
		calls     int // of the customer system
	}{
		"a user's": {
			`{user(id:"12345"){name customer{fullName address phone tier loyaltyPoints}}}`,
			upstreamtest.Fault{},
			`{"data":{"user":{"name":"Name of 12345","customer":{"fullName":"John Doe","address":"123 Main St, NYC, NY 10001","phone":"(123) 456-7890","tier":"PREMIUM","loyaltyPoints":1500}}}}`, 1,
		},
		"of a dashboard": {
			`{dashboard(userId:"12345"){user{customer{tier}}}}`,
			upstreamtest.Fault{},
			`{"data":{"dashboard":{"user":{"customer":{"tier":"PREMIUM"}}}}}`, 1,
		},
		"in short": {
			`{customerSummary(id:"12345"){name email tier points}}`,
			upstreamtest.Fault{},
			`{"data":{"customerSummary":{"name":"John Doe","email":"john@example.com","tier":"PREMIUM","points":1500}}}`, 1,
		},
		"both are one call": {
			`{a:customerSummary(id:"12345"){name} b:customerSummary(id:"12345"){tier} user(id:"12345"){customer{phone}} dashboard(userId:"12345"){user{customer{tier}}}}`,
			upstreamtest.Fault{},
			`{"data":{"a":{"name":"John Doe"},"b":{"tier":"PREMIUM"},"user":{"customer":{"phone":"(123) 456-7890"}},"dashboard":{"user":{"customer":{"tier":"PREMIUM"}}}}}`, 1,
		},
		"two are two": {
			`{a:customerSummary(id:"u-1"){name} user(id:"u-12"){customer{fullName}}}`,
			upstreamtest.Fault{},
			`{"data":{"a":{"name":"First of u-1 Last of u-1"},"user":{"customer":{"fullName":"First of u-12 Last of u-12"}}}}`, 2,
		},
		"not selected": {`{user(id:"12345"){name customer @skip(if:true){tier}}}`, upstreamtest.Fault{}, `{"data":{"user":{"name":"Name of 12345"}}}`, 0},
		"no customer": {
			`{user(id:"12345"){name customer{tier}} customerSummary(id:"12345"){name}}`, upstreamtest.NotFound(),
			`{"data":{"user":{"name":"Name of 12345","customer":null},"customerSummary":null}}`, 1,
		},
		"down": {
			`{user(id:"12345"){name customer{tier}}}`, upstreamtest.Status(http.StatusInternalServerError),
			`{"errors":[{"message":"This part is unavailable.","path":["user","customer"],"extensions":{"code":"UPSTREAM_UNAVAILABLE"}}],` +
				`"data":{"user":{"name":"Name of 12345","customer":null}},` +
				`"extensions":{"degraded":[{"path":["user","customer"],"state":"omitted","reason":"unavailable"}]}}`, 1,
		},
		"someone else": {
			`{customerSummary(id:"u_1"){name}}`, upstreamtest.WrongUser(),
			`{"errors":[{"message":"This part arrived broken.","path":["customerSummary"],"extensions":{"code":"UPSTREAM_INVALID_RESPONSE"}}],` +
				`"data":{"customerSummary":null},"extensions":{"degraded":[{"path":["customerSummary"],"state":"omitted","reason":"invalid_response"}]}}`, 1,
		},
		"no identifier": {`{customerSummary(id:"../x"){name}}`, upstreamtest.Fault{}, `id is not an identifier`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Set(upstreamtest.Customer, "/cust/12345", guideRecord)

				if test.fault != (upstreamtest.Fault{}) {
					shop.Fail(upstreamtest.Customer, test.fault)
				}

				got := query(t, handler(t, shop), test.operation)
				if test.want[0] != '{' && strings.Contains(got, test.want) {
					got = test.want
				}

				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}

				if calls := shop.Calls(upstreamtest.Customer); calls != test.calls {
					t.Errorf("%d calls, want %d", calls, test.calls)
				}
			})
		})
	}
}

// TestSummaryIsAskedForAgain: who asks for a customer by themselves is worth a
// retry, and a part of a user is not.
func TestSummaryIsAskedForAgain(t *testing.T) {
	t.Parallel()

	const others = 30 // calls that make room for a retry

	for operation, calls := range map[string]int{
		`{user(id:"12345"){customer{tier}} customerSummary(id:"12345"){tier}}`: 2,
		`{user(id:"12345"){customer{tier}}}`:                                   1,
	} {
		synctest.Test(t, func(t *testing.T) {
			shop := upstreamtest.New(t)
			bff := handler(t, shop)

			for n := range others {
				query(t, bff, fmt.Sprintf(`{customerSummary(id:"u-%d"){tier}}`, n))
			}

			shop.Fail(upstreamtest.Customer, upstreamtest.Status(http.StatusServiceUnavailable).First(1))

			got := query(t, bff, operation)
			if asked := shop.Calls(upstreamtest.Customer) - others; asked != calls || strings.Contains(got, "errors") != (calls == 1) {
				t.Errorf("%d calls, want %d: %s", asked, calls, got)
			}
		})
	}
}

// TestNoCustomerSystem: where none is set nobody is a customer, and nothing is
// missing.
func TestNoCustomerSystem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bff := bfftest.Handler(t, upstreamtest.New(t), func(services upstream.Services) http.Handler {
			delete(services, upstream.Customer)
			one := web.New(services)

			return one.Routes(new(web.Settings), graph.NewHandler(one, telemetry.NewTracer(nil)), http.NotFoundHandler())
		})

		const want = `{"data":{"user":{"name":"Name of u","customer":null},"customerSummary":null}}`
		if got := query(t, bff, `{user(id:"u"){name customer{tier}} customerSummary(id:"u"){tier}}`); got != want {
			t.Errorf("got %s", got)
		}
	})
}
