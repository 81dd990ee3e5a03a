package serve_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"storefront/internal/cache"
	"storefront/internal/resilience"
	"storefront/internal/serve"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
)

// collector keeps what an OpenTelemetry collector is sent.
func collector(t *testing.T) (url string, spans *log) {
	t.Helper()

	spans = &log{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Authorization") != "Bearer key" {
			t.Errorf("%s %s, %v", r.Method, r.URL, r.Header)
		}

		_, _ = io.Copy(spans, r.Body)
	}))
	t.Cleanup(server.Close)

	return server.URL, spans
}

// text is what the service below answers.
type text string

func (t text) Size() int { return len(t) }

// calling is a program whose server calls a service, within a piece of work of
// its own.
func calling(t *testing.T, service string) serve.Build {
	t.Helper()

	return func(_ context.Context, app *serve.App) error {
		transport := resilience.NewTransport()
		app.Defer(func() error {
			transport.CloseIdleConnections()

			return nil
		})

		users := resilience.NewService("user", service, app.Metrics.Upstream("test", "user"), resilience.Options{
			Transport: transport, AttemptTimeout: budget, LastGood: cache.NewLastGood(0, 1, 1), Tracer: app.Tracer,
		})

		app.Add(server("test", func(_ http.ResponseWriter, r *http.Request) {
			telemetry.RecordFrom(r.Context()).SetRoute("/users/:id")

			ctx, span := app.Tracer.Start(r.Context(), "query Dashboard")
			_, err := resilience.Get(ctx, users, resilience.Request{Path: "/users/user_1"}, func(r *wire.Reader) text { return text(r.Text()) })
			telemetry.EndSpan(span, err)

			if err != nil {
				t.Error(err)
			}
		}))

		return nil
	}
}

// TestTraces reach a collector, from the first request on to the last.
func TestTraces(t *testing.T) {
	url, spans := collector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer key")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=staging")

	sent := make(chan string, 1)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent <- r.Header.Get("Traceparent")
		says("application/json", `"Ann"`)(w, r)
	}))
	t.Cleanup(service.Close)

	r := start(t, calling(t, service.URL), usual("OTEL_EXPORTER_OTLP_ENDPOINT="+os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))...)
	r.want(r.urls["test"]+"/users/user_1", http.StatusOK, "")

	if traceparent := <-sent; !strings.HasSuffix(traceparent, "-01") {
		t.Errorf("the service is told %q", traceparent)
	}

	r.stop()
	r.wantEnd(serve.ExitOK)

	for _, want := range []string{
		"GET /users/:id", "query Dashboard", "GET user", "peer.service", "http.route", "storefront.bff", "http.response.status_code",
		"service.name", "prog", "staging",
	} {
		if !strings.Contains(spans.String(), want) {
			t.Errorf("no %q among what was sent", want)
		}
	}

	if strings.Contains(spans.String(), "user_1") {
		t.Error("a user's id was sent")
	}
}

// TestCollectorAway costs the traces, and neither time nor the good end.
func TestCollectorAway(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+freeAddr(t))

	r := start(t, one(says("text/plain", "hello")), usual("OTEL_EXPORTER_OTLP_ENDPOINT="+os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))...)
	r.want(r.urls["test"], http.StatusOK, "hello")

	began := time.Now()

	r.stop()
	r.wantEnd(serve.ExitOK)

	const prompt = 5 * time.Second
	if took := time.Since(began); took > prompt {
		t.Errorf("it took %v", took)
	}

	if !strings.Contains(r.err.String(), `"msg":"traces"`) {
		t.Errorf("nobody is told: %s", r.err)
	}
}
