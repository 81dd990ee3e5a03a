package order_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/cache"
	"storefront/internal/fault"
	"storefront/internal/resilience"
	"storefront/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// says is a service that gives one body, whatever it is asked.
type says string

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(s))), ContentLength: int64(len(s)),
	}, nil
}

var metrics = telemetry.NewMetrics().Upstream("test", "order")

// service reaches the order service over transport and keeps no answer.
func service(base string, transport http.RoundTripper) *resilience.Service {
	return resilience.NewService("order", base, metrics, resilience.Options{
		Transport: transport, AttemptTimeout: time.Minute,
		LastGood: cache.NewLastGood(0, 1, 1), Tracer: telemetry.NewTracer(nil),
	})
}

// wantKind fails the test unless err is of that kind; why says what was wrong
// with the answer.
func wantKind(t *testing.T, err error, kind fault.Kind, why string) {
	t.Helper()

	if fault.KindOf(err) != kind || err != nil && !strings.Contains(err.Error(), why) {
		t.Errorf("got %v, want %v because of %q", err, kind, why)
	}
}
