package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"storefront/internal/config"
	"storefront/internal/heap"
	"storefront/internal/telemetry"
	"storefront/internal/telemetry/otlp"
)

// Exit codes of a program.
const (
	// ExitOK: stopped as asked, every request answered.
	ExitOK = 0
	// ExitFailure: could not start, or could not stop cleanly.
	ExitFailure = 1
	// ExitUsage: a setting or an argument is wrong.
	ExitUsage = 2
)

// Program is what one main declares.
type Program struct {
	// Name and About are for -help.
	Name, About string
	// Declare adds the program's settings to env and returns how to build it
	// from their values.
	Declare func(env *config.Env) Build
}

// Build adds the program's servers to app, once the settings are read. What it
// opens it hands to app to be closed.
type Build func(ctx context.Context, app *App) error

// World is what a program sees of the machine it runs on.
type World struct {
	Args           []string
	Lookup         func(name string) (string, bool)
	Stdout, Stderr io.Writer
	// Ready, where set, is told the base URL of each server by name, once all
	// of them take traffic.
	Ready func(urls map[string]string)
}

// Main runs p as this process until SIGTERM or SIGINT, and returns its exit
// code. A second signal ends the process at once.
func Main(p Program) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	go func() {
		<-signals
		signal.Stop(signals) // From here on one has its usual effect, before anybody is told of the first.
		cancel()
	}()

	return Run(ctx, p, World{Args: os.Args[1:], Lookup: os.LookupEnv, Stdout: os.Stdout, Stderr: os.Stderr})
}

// Run runs p in world until ctx ends, and returns its exit code.
func Run(ctx context.Context, p Program, world World) int {
	env, settings, build := declare(p, world.Lookup)

	switch err := env.Parse(world.Args); {
	case errors.Is(err, config.ErrHelp):
		if err = env.PrintHelp(world.Stdout); err != nil {
			return ExitFailure
		}

		return ExitOK
	case err != nil:
		_, _ = fmt.Fprintln(world.Stderr, err) // There is nowhere else to say it.

		return ExitUsage
	}

	if err := run(ctx, p, world, settings, build); err != nil {
		_, _ = fmt.Fprintf(world.Stderr, "%s: %v\n", p.Name, err) // There is nowhere else to say it.

		return ExitFailure
	}

	return ExitOK
}

// Settings returns the settings of p without their values, so that a test can
// hold a document against them.
func Settings(p Program) *config.Env {
	env, _, _ := declare(p, func(string) (string, bool) { return "", false })

	return env
}

// declare puts the settings of p and those that every program has in the order
// in which people read them.
func declare(p Program, lookup func(name string) (string, bool)) (*config.Env, *common, Build) {
	env := config.New(p.Name, p.About, lookup)
	build := p.Declare(env)

	return env, declareCommon(env), build
}

// common are the settings that every program has.
type common struct {
	opsAddr             string
	logFormat, logLevel string
	logBuffer           time.Duration
	serverTiming        string
	grace, idle         time.Duration
	cacheBytes          int
	cacheURL            *url.URL
	headroom            int
	gather              time.Duration
	collector           *url.URL
	rate                Rate
	priority            string
	maxConnections      int
}

func declareCommon(env *config.Env) *common {
	const (
		defaultGrace = time.Second
		maxGrace     = time.Minute

		defaultIdle, minIdle, maxIdle = 75 * time.Second, time.Second, 2 * time.Hour

		defaultBuffer, maxBuffer = 100 * time.Millisecond, 10 * time.Second
		defaultHeadroom          = 14 << 20
		defaultGather, maxGather = time.Millisecond, 100 * time.Millisecond
		defaultCache, maxCache   = 24 << 20, 64 << 30
		maxRate                  = 1_000_000
		defaultConns, maxConns   = 10_000, 1_000_000
	)

	c := new(common)
	env.Addr(&c.opsAddr, "OPS_ADDR", "127.0.0.1:9090", "health, metrics, profiles")
	env.Bytes(&c.cacheBytes, "CACHE_BYTES", defaultCache, config.Between(0, maxCache),
		"the most memory each BFF spends on answers of services that are still fresh, and on whole pages made of them; 0 keeps none")
	env.OptionalCacheURL(&c.cacheURL, "CACHE_URL", "none shared",
		"Redis or Valkey where replicas share answers of services and tell each other of purges; it is a help that may be away")
	env.Duration(&c.gather, "GATHER", defaultGather, config.Between(0, maxGather),
		"how long an answer that many wanted a moment ago waits until all of them have asked again, so that it is made once; 0 for never")
	env.Bytes(&c.headroom, "GC_HEADROOM", defaultHeadroom, config.Between(0, maxCache),
		"how much the heap grows between two garbage collections, GOGC not being set; 0 leaves it to Go, which doubles the heap")
	env.Int(&c.rate.PerSecond, "CLIENT_RATE", 0, config.Between(0, maxRate),
		"how many pages one client may ask each BFF for in a second: who has the same Authorization, else the same address; 0 is as many as they like")
	env.Int(&c.rate.Burst, "CLIENT_BURST", 0, config.Between(0, maxRate), "how many of them at once; 0 is twice CLIENT_RATE")
	env.Prefixes(&c.rate.Trusted, "TRUSTED_PROXIES", "none", "proxies whose X-Forwarded-For says where a client is")
	env.OneOf(&c.priority, "CLIENT_PRIORITY", "trust", []string{"trust", "ignore"},
		"whether Priority: u=0 to u=2 is served before others when there is too much to do; trust needs something in front that sets or strips Priority")
	env.Int(&c.maxConnections, "MAX_CONNECTIONS", defaultConns, config.Between(1, maxConns),
		"the most connections that clients may have to each BFF; fewer where the process may not have so many files open")
	env.OneOf(&c.serverTiming, "SERVER_TIMING", "on", []string{"on", "off"}, "whether answers carry Server-Timing")
	env.Duration(&c.grace, "DRAIN_GRACE", defaultGrace, config.Between(0, maxGrace),
		"after a stop signal, how long new connections are still taken while load balancers look away")
	env.Duration(&c.idle, "IDLE_TIMEOUT", defaultIdle, config.Between(minIdle, maxIdle),
		"how long a connection is kept that carries no request; longer than load balancers keep it")
	env.OneOf(&c.logFormat, "LOG_FORMAT", "auto", []string{"auto", "json", "text"}, "form of the log on standard error; auto is text on a terminal, JSON elsewhere")
	env.OneOf(&c.logLevel, "LOG_LEVEL", "info", []string{"debug", "info", "warn", "error"}, "least level that is logged")
	env.Duration(&c.logBuffer, "LOG_BUFFER", defaultBuffer, config.Between(0, maxBuffer),
		"how long lines of the log may be gathered, to be written at once; 0 writes each line by itself, as on a terminal")
	env.OptionalURL(&c.collector, "OTEL_EXPORTER_OTLP_ENDPOINT", "no traces",
		"OpenTelemetry collector that traces are sent to by OTLP over HTTP; the other OTEL_* variables are honoured too")

	return c
}

func run(ctx context.Context, p Program, world World, settings *common, build Build) error {
	start := time.Now()

	defer heap.Tune(int64(settings.headroom))()

	to, flush := logBuffer(world.Stderr, settings)
	defer flush()

	log := newLogger(to, settings)

	provider, err := traceProvider(ctx, p.Name, settings, log)
	if err != nil {
		return err
	}

	app := newApp(p.Name, settings, log, provider)
	app.share(ctx)

	err = app.start(ctx, build)

	switch {
	case ctx.Err() != nil: // Asked to stop while starting: what failed then is no failure.
		err = nil
	case err == nil:
		app.printTable(world.Stdout, time.Since(start))

		if world.Ready != nil {
			world.Ready(app.urls())
		}

		err = app.wait(ctx)
	}

	// The stop has a time of its own: ctx is over by now.
	return errors.Join(err, app.stop(context.WithoutCancel(ctx)))
}

// logBuffer gathers what is logged, unless it goes to a terminal. flush writes
// what is left.
func logBuffer(w io.Writer, settings *common) (to io.Writer, flush func()) {
	if settings.logBuffer <= 0 || isTerminal(w) {
		return w, func() {}
	}

	buffer := telemetry.NewBuffer(w, settings.logBuffer)

	return buffer, func() { _ = buffer.Flush() } // There is nowhere else to say it.
}

func newLogger(w io.Writer, settings *common) *slog.Logger {
	var level slog.Level

	_ = level.UnmarshalText([]byte(settings.logLevel)) // One of the names allowed above.

	json := settings.logFormat == "json" || settings.logFormat == "auto" && !isTerminal(w)

	return telemetry.NewLogger(w, json, level)
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}

	info, err := file.Stat()

	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// traceProvider returns nil where no collector is set.
func traceProvider(ctx context.Context, name string, settings *common, log *slog.Logger) (*sdktrace.TracerProvider, error) {
	if settings.collector == nil {
		return nil, nil //nolint:nilnil // No provider is how tracing is off.
	}

	provider, err := otlp.Provider(ctx, name, log)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}

	return provider, nil
}
