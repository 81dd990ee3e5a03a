package customer_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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
	wantKind(t, err, fault.NotFound, "no legacy customer system is set")

	if !errors.Is(err, customer.ErrNoSystem) {
		t.Errorf("it is not told from a customer who is not known: %v", err)
	}

	if got.State != fresh.Omitted || got.Of != (customer.Customer{}) {
		t.Errorf("got %+v", got)
	}
}

// answers is a system that gives one answer, head and body, a second after it was
// asked.
type answers struct {
	status int
	header http.Header
	body   string
	length int64 // as the head has it; -1 is not at all
	err    error
}

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(time.Second)

	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: a.length}, a.err
}

// TestMislabelled: a record is a record, whatever its head calls it, and what is
// none stays none.
func TestMislabelled(t *testing.T) {
	t.Parallel()

	for _, content := range []string{
		"", "text/plain", "text/html; charset=iso-8859-1", "text/json", "application/octet-stream", "application/xml", "application/json;charset=latin1", ";", "??",
	} {
		for body, kind := range map[string]fault.Kind{
			guide:                        fault.None,
			`<html>Sorry</html>`:         fault.InvalidResponse,
			`"` + guide[2:5]:             fault.InvalidResponse,
			"[" + guide + "]":            fault.InvalidResponse,
			`<customer id="12345"/>`:     fault.InvalidResponse,
			"cust_num=12345&f_name=John": fault.InvalidResponse,
		} {
			synctest.Test(t, func(t *testing.T) {
				system := answers{http.StatusOK, http.Header{"Content-Type": {content}}, body, int64(len(body)), nil}

				got, err := customer.New(service("http://legacy.test", system), nil).Get(t.Context(), "12345")
				if fault.KindOf(err) != kind || err == nil && got.Of.Name.Full() != "John Doe" {
					t.Errorf("%q %q: got %+v, %v", content, body, got.Of, err)
				}
			})
		}
	}
}

// TestRejectedUnread: an answer that is refused for its head or length is a
// rejected record too, counted once however many wait for it. One that never came
// is none, and neither is one that says that there is no record.
func TestRejectedUnread(t *testing.T) {
	t.Parallel()

	const tooLong = 8<<20 + 1

	asJSON := http.Header{"Content-Type": {"application/json"}}
	long := strings.Repeat(" ", tooLong)

	tests := map[string]struct {
		answers

		rejected bool
	}{
		"a record":               {answers{http.StatusOK, asJSON, guide, int64(len(guide)), nil}, false},
		"a page":                 {answers{http.StatusOK, http.Header{"Content-Type": {"text/html"}}, "<html>", 6, nil}, true},
		"another's":              {answers{http.StatusOK, asJSON, `{"cust_num":"5"}`, 16, nil}, true},
		"too long":               {answers{http.StatusOK, asJSON, long, tooLong, nil}, true},
		"too long, not told":     {answers{http.StatusOK, asJSON, long, -1, nil}, true},
		"a coding":               {answers{http.StatusOK, http.Header{"Content-Encoding": {"gzip"}}, guide, int64(len(guide)), nil}, true},
		"no content":             {answers{http.StatusNoContent, http.Header{}, "", 0, nil}, true},
		"a redirect":             {answers{http.StatusFound, http.Header{"Location": {"/"}}, "", 0, nil}, true},
		"no such customer":       {answers{http.StatusNotFound, asJSON, "{}", 2, nil}, false},
		"a failure":              {answers{http.StatusInternalServerError, asJSON, "{}", 2, nil}, false},
		"too many requests":      {answers{http.StatusTooManyRequests, asJSON, "{}", 2, nil}, false},
		"a connection that ends": {answers{err: io.ErrUnexpectedEOF}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				metrics := telemetry.NewMetrics()
				client := customer.New(service("http://legacy.test", test.answers), customer.NewCounts(metrics, "test"))

				var together sync.WaitGroup
				for range 3 {
					together.Go(func() { _, _ = client.Get(t.Context(), "12345") })
				}

				together.Wait()

				const want = `customer_records_total{bff="test",outcome="rejected"} 1`
				if said := strings.Join(counted(t, metrics), "\n"); strings.Contains(said, "rejected") != test.rejected || test.rejected && said != want {
					t.Errorf("counted: %s", said)
				}
			})
		})
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
		"another case":                 {"user_1", `"USER_1"`, false},
		"in small":                     {"USER_1", `"user_1"`, false},
		"called none":                  {"NULL", `"NULL"`, false},
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
