// Package otlp sends traces to an OpenTelemetry collector. It stands apart from
// telemetry so that what only records does not link the exporter.
package otlp

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Provider returns a tracer provider that exports by OTLP over HTTP as the
// OTEL_* variables of the environment say (endpoint, headers, sampler,
// OTEL_SERVICE_NAME). Call its Shutdown to send what is left.
// What goes wrong later is logged to log.
func Provider(ctx context.Context, service string, log *slog.Logger) (*trace.TracerProvider, error) {
	// The library has one place for errors in the process.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.WarnContext(ctx, "traces", slog.Any("error", err)) }))

	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("trace exporter: %w", err)
	}

	attributes, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", service)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(),
	)
	if err != nil {
		return nil, fmt.Errorf("trace resource: %w", err)
	}

	return trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(attributes)), nil
}
