package customer_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
	"storefront/upstream/customer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// guide is the record of the guide.
const guide = `{"cust_num":"12345","f_name":"John","l_name":"Doe","addr_line_1":"123 Main St","addr_line_2":"","city":"NYC","state":"NY","zip":"10001",` +
	`"ph_num":"1234567890","email_addr":"john@example.com","cust_type":"P","loyalty_pts":1500}`

// says is a system that gives one body, whatever it is asked.
type says string

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body: io.NopCloser(strings.NewReader(string(s))), ContentLength: int64(len(s)),
	}, nil
}

var calls = telemetry.NewMetrics().Upstream("test", "customer")

// service reaches the legacy system over transport and keeps no answer.
func service(base string, transport http.RoundTripper) *resilience.Service {
	return resilience.NewService("customer", base, calls, resilience.Options{
		Transport: transport, AttemptTimeout: time.Minute,
		LastGood: cache.NewLastGood(0, 1, 1), Tracer: telemetry.NewTracer(nil),
	})
}

// client is one of a system that gives that body.
func client(body string) *customer.Client {
	return customer.New(service("http://legacy.test", says(body)), nil)
}

// wantKind fails the test unless err is of that kind; why says what was wrong
// with the answer.
func wantKind(t *testing.T, err error, kind fault.Kind, why string) {
	t.Helper()

	if fault.KindOf(err) != kind || err != nil && !strings.Contains(err.Error(), why) {
		t.Errorf("got %v, want %v because of %q", err, kind, why)
	}
}

// counted are the series of records that are not 0.
func counted(t *testing.T, metrics *telemetry.Metrics) (lines []string) {
	t.Helper()

	for _, line := range series(t, metrics) {
		if !strings.HasSuffix(line, " 0") {
			lines = append(lines, line)
		}
	}

	return lines
}

// series are the series of records.
func series(t *testing.T, metrics *telemetry.Metrics) (lines []string) {
	t.Helper()

	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))

	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "customer_") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}

	return lines
}
