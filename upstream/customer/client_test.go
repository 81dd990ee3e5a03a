package customer_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/customer"
	"storefront/upstream/upstreamtest"
)

func TestGet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop := upstreamtest.New(t)
		transport := resilience.NewTransport()
		transport.DialContext = shop.DialContext
		client := customer.New(service(shop.URL(upstreamtest.Customer), transport), nil)

		got, err := client.Get(t.Context(), "user_1")
		wantKind(t, err, fault.None, "")

		if got.Of.ID != "user_1" || got.Of.Name.Full() != "First of user_1 Last of user_1" {
			t.Errorf("got %+v", got.Of)
		}

		_, err = client.Get(t.Context(), "missing_1")
		wantKind(t, err, fault.NotFound, "404")

		// An id is one segment of the path, whatever it holds.
		_, err = client.Get(t.Context(), "../orders?a=b#c/d")
		wantKind(t, err, fault.None, "")

		if path := shop.Requests(upstreamtest.Customer)[2].Path; path != "/cust/..%2Forders%3Fa=b%23c%2Fd" {
			t.Errorf("asked for %s", path)
		}

		shop.Fail(upstreamtest.Customer, upstreamtest.WrongUser())

		_, err = client.Get(t.Context(), "user_1")
		wantKind(t, err, fault.InvalidResponse, "someone else")
	})
}

// TestNoSystem: a program without the system can do without it.
func TestNoSystem(t *testing.T) {
	t.Parallel()

	got, err := customer.New(nil, nil).Get(t.Context(), "12345")
	wantKind(t, err, fault.Unavailable, "no legacy customer system is set")

	if got.State != fresh.Omitted || got.Of != (customer.Customer{}) {
		t.Errorf("got %+v", got)
	}
}

// TestWhoseRecord: a record is taken for whom it was asked for, whatever it is
// about.
func TestWhoseRecord(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		asked, number string
		same          bool
	}{
		"the same":                     {"user_1", `"user_1"`, true},
		"another case":                 {"user_1", `"USER_1"`, true},
		"padded":                       {"user_1", `" user_1 "`, true},
		"a number":                     {"7", `7`, true},
		"zeros":                        {"7", `"007"`, false},
		"a part":                       {"user_1", `"user_"`, false},
		"another":                      {"user_1", `"user_2"`, false},
		"a letter of another alphabet": {"k1", `"\u212a1"`, false},
		"none":                         {"user_1", `""`, false},
		"none for none":                {"-", `"-"`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			kind, why := fault.None, ""
			if !test.same {
				kind, why = fault.InvalidResponse, "someone else"
			}

			got, err := client(`{"cust_num":`+test.number+`,"f_name":"Ann"}`).Get(t.Context(), test.asked)
			wantKind(t, err, kind, why)

			if err == nil && got.Of.ID != test.asked || err != nil && got.Of != (customer.Customer{}) {
				t.Errorf("got %+v", got.Of)
			}
		})
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()

	for want, a := range map[string]customer.Address{
		"123 Main St, NYC, NY 10001": {Street: "123 Main St", City: "NYC", State: "NY", ZipCode: "10001"},
		"123 Main St, 10001":         {Street: "123 Main St", ZipCode: "10001"},
		"NYC, NY":                    {City: "NYC", State: "NY"},
		"":                           {},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}

	for want, n := range map[string]customer.Name{"John Doe": {First: "John", Last: "Doe"}, "John": {First: "John"}, "Doe": {Last: "Doe"}, "": {}} {
		if got := n.Full(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestCountsAreThereFromTheStart, so that a rate is right from the first bad
// record on.
func TestCountsAreThereFromTheStart(t *testing.T) {
	t.Parallel()

	metrics := telemetry.NewMetrics()
	customer.NewCounts(metrics, "web")

	want := []string{}
	for _, name := range []string{"dropped", "repaired"} {
		for _, field := range []string{"city", "email", "first_name", "id", "last_name", "loyalty_points", "phone", "state", "street", "tier", "zip_code"} {
			want = append(want, `customer_fields_`+name+`_total{bff="web",field="`+field+`"} 0`)
		}
	}

	for _, outcome := range []string{"clean", "rejected", "repaired"} {
		want = append(want, `customer_records_total{bff="web",outcome="`+outcome+`"} 0`)
	}

	if diff := cmp.Diff(append(want, `customer_unknown_tiers_total{bff="web"} 0`), series(t, metrics)); diff != "" {
		t.Error(diff)
	}
}
