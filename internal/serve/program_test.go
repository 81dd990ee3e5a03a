package serve_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"storefront/internal/config"
	"storefront/internal/serve"
)

// TestRun is a program's whole good life.
func TestRun(t *testing.T) {
	t.Parallel()

	r := start(t, one(says("text/plain", "hello")), usual()...)
	ops := r.urls["ops"]

	r.want(r.urls["test"]+"/", http.StatusOK, "hello")
	r.want(ops+"/livez", http.StatusOK, `{"status":"live"}`)
	r.want(ops+"/readyz", http.StatusOK, `{"status":"ready"}`)
	r.want(ops+"/metrics", http.StatusOK, `bff_requests_total{bff="test",method="GET",route="unmatched",status="200"} 1`)
	r.want(ops+"/metrics", http.StatusOK, `bff_requests_total{bff="ops",method="GET",route="/livez",status="200"} 1`)
	r.want(ops+"/debug/pprof/", http.StatusOK, "heap")
	r.want(ops+"/debug/pprof/cmdline", http.StatusOK, "serve.test")
	r.want(ops+"/elsewhere", http.StatusNotFound, "")

	for _, want := range []string{"prog is ready after ", "test  " + r.urls["test"] + "  a test\n", "ops   " + ops} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("%q is not in %s", want, r.out)
		}
	}

	r.stop()
	r.wantEnd(serve.ExitOK)

	if status, _, _ := r.get(r.urls["test"] + "/"); status != 0 {
		t.Errorf("it still answers: %d", status)
	}

	logged := r.err.lines(t)
	if last := logged[len(logged)-1]; last["msg"] != "stopped" || last["clean"] != true {
		t.Errorf("the last line is %v", last)
	}

	for _, line := range logged {
		if line["bff"] == "ops" {
			t.Errorf("a probe is logged: %v", line)
		}
	}
}

func TestSettingsOfEveryProgram(t *testing.T) {
	t.Parallel()

	r := start(t, one(busy), "OPS_ADDR=127.0.0.1:0", "DRAIN_GRACE=0", "SERVER_TIMING=off", "LOG_LEVEL=error", "LOG_FORMAT=text")
	if status, _, header := r.get(r.urls["test"] + "/"); status != http.StatusOK || header.Get("Server-Timing") != "" {
		t.Errorf("got %d, %v", status, header)
	}

	r.stop()
	r.wantEnd(serve.ExitOK)

	if text := r.err.String(); text != "" {
		t.Errorf("logged is %s", text)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()

	for _, arg := range []string{"-h", "-help", "--help"} {
		var out, err log

		code := serve.Run(t.Context(), serve.Program{Name: "prog", About: "A test.", Declare: func(env *config.Env) serve.Build {
			env.Addr(new(string), "TEST_ADDR", "127.0.0.1:0", "where it listens")

			return nil
		}}, serve.World{Args: []string{arg}, Lookup: lookup(nil), Stdout: &out, Stderr: &err})
		if code != serve.ExitOK || err.String() != "" {
			t.Errorf("%d, %s", code, &err)
		}

		for _, want := range []string{"prog: A test.", "TEST_ADDR", "OPS_ADDR", "127.0.0.1:9090", "SERVER_TIMING", "DRAIN_GRACE", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %s in %s", want, &out)
			}
		}
	}
}

// TestHelpThatNobodyReads fails, so that a script notices.
func TestHelpThatNobodyReads(t *testing.T) {
	t.Parallel()

	code := serve.Run(t.Context(), program(nil), serve.World{
		Args: []string{"-help"}, Lookup: lookup(nil), Stdout: closedWriter{}, Stderr: &log{},
	})
	if code != serve.ExitFailure {
		t.Errorf("it ended with %d", code)
	}
}

type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("closed") }

// TestFailures end a program before it has begun, with one line that says why.
func TestFailures(t *testing.T) {
	t.Parallel()

	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = taken.Close() })

	addr := taken.Addr().String()
	tests := map[string]struct {
		build   serve.Build
		environ []string
		args    []string
		code    int
		line    string
	}{
		"a wrong setting":    {nil, usual("SERVER_TIMING=maybe"), nil, serve.ExitUsage, `SERVER_TIMING="maybe": must be one of on, off`},
		"a wrong address":    {nil, []string{"OPS_ADDR=nowhere"}, nil, serve.ExitUsage, `OPS_ADDR="nowhere": must be host:port`},
		"a wrong argument":   {nil, usual(), []string{"serve"}, serve.ExitUsage, `prog takes no argument "serve"`},
		"the ops port taken": {one(nil), []string{"OPS_ADDR=" + addr}, nil, serve.ExitFailure, "prog: ops cannot listen: listen tcp " + addr},
		"a port taken": {func(_ context.Context, app *serve.App) error {
			app.Add(server("first", nil))

			second := server("second", nil)
			second.Addr = addr
			app.Add(second)

			return nil
		}, usual(), nil, serve.ExitFailure, "prog: second cannot listen: listen tcp " + addr},
		"what it needs": {func(context.Context, *serve.App) error {
			return errors.New("no database")
		}, usual(), nil, serve.ExitFailure, "prog: no database"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var out, errs log

			code := serve.Run(t.Context(), program(test.build), serve.World{
				Args: test.args, Lookup: lookup(test.environ), Stdout: &out, Stderr: &errs,
				Ready: func(map[string]string) { t.Error("it says that it is ready") },
			})

			line := errs.String()
			if code != test.code || !strings.HasPrefix(line, test.line) || strings.Count(line, "\n") != 1 {
				t.Errorf("%d, %q; want %d, %q in one line", code, line, test.code, test.line)
			}

			if out.String() != "" {
				t.Errorf("it says %s", &out)
			}
		})
	}
}

// TestServerThatEnds by itself ends the whole program: half of one would look
// healthy.
func TestServerThatEnds(t *testing.T) {
	t.Parallel()

	var broken *serve.App

	r := start(t, func(_ context.Context, app *serve.App) error {
		broken = app
		app.Add(server("first", says("text/plain", "hello")))
		app.Add(server("second", says("text/plain", "hello")))

		return nil
	}, usual()...)
	r.want(r.urls["second"], http.StatusOK, "hello")

	if err := broken.Break("second"); err != nil {
		t.Error(err)
	}

	r.wantEnd(serve.ExitFailure)

	if !strings.Contains(r.err.String(), "prog: second: accept tcp ") {
		t.Errorf("it says %s", r.err)
	}

	if status, _, _ := r.get(r.urls["first"]); status != 0 {
		t.Errorf("the other one still answers: %d", status)
	}
}
