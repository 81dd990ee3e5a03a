package endpoint_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/services/internal/endpoint"
	"storefront/services/internal/servicetest"
)

// answering serves one endpoint at /thing.
func answering(thing endpoint.Func) http.Handler {
	return endpoint.Handler(endpoint.Routes{"/thing": thing})
}

func hello(*http.Request) (endpoint.Answer, error) {
	return endpoint.JSON(endpoint.Private, "a & b <c>")
}

func TestJSON(t *testing.T) {
	t.Parallel()
	got := servicetest.Do(t, answering(hello), http.MethodGet, "/thing")
	if got.Status != http.StatusOK || got.Body != "\"a & b <c>\"\n" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %q %v", got.Status, got.Body, got.Header)
	}
	broken := answering(func(*http.Request) (endpoint.Answer, error) { return endpoint.JSON(endpoint.Private, func() {}) })
	servicetest.Problem(t, servicetest.Do(t, broken, http.MethodGet, "/thing"), http.StatusInternalServerError)
}

// TestUnsaid wants an old system's answers as they are, with no word of caching.
func TestUnsaid(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		thing endpoint.Func
		want  servicetest.Response
	}{
		{
			"raw", func(*http.Request) (endpoint.Answer, error) {
				return endpoint.Raw(http.StatusTeapot, "text/plain; charset=utf-8", []byte("Zo\xeb")), nil
			},
			servicetest.Response{Status: http.StatusTeapot, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: "Zo\xeb"},
		},
		{
			"json", func(*http.Request) (endpoint.Answer, error) { return endpoint.JSON(endpoint.Unsaid, "&") },
			servicetest.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: "\"&\"\n"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for method, body := range map[string]string{http.MethodGet: test.want.Body, http.MethodHead: ""} {
				got := servicetest.Do(t, answering(test.thing), method, "/thing", "If-None-Match", "*")
				if got.Status != test.want.Status || got.Body != body || got.Header.Get("Content-Type") != test.want.Header.Get("Content-Type") ||
					got.Header.Get("Content-Length") != strconv.Itoa(len(test.want.Body)) ||
					got.Header.Get("ETag") != "" || got.Header.Get("Cache-Control") != "" {
					t.Errorf("%s: %d %q %v", method, got.Status, got.Body, got.Header)
				}
			}
		})
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	got := servicetest.Do(t, endpoint.Refusal(endpoint.Unavailable("not today")), http.MethodGet, "/thing", "X-Request-Id", "page-42")
	servicetest.Problem(t, got, http.StatusServiceUnavailable)
	if !strings.Contains(got.Body, `"not today"`) || got.Header.Get("X-Request-Id") != "page-42" || got.Header.Get("Retry-After") == "" {
		t.Errorf("%s %v", got.Body, got.Header)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		thing  endpoint.Func
		status int
		told   string
	}{
		{"bad request", failing(endpoint.BadRequest("limit is odd")), http.StatusBadRequest, "limit is odd"},
		{"not found", failing(endpoint.NotFound("no such thing")), http.StatusNotFound, "no such thing"},
		{"wrapped", failing(errors.Join(endpoint.NotFound("no such thing"), errors.New("secret"))), http.StatusNotFound, "no such thing"},
		{"a failure inside", failing(errors.New("secret")), http.StatusInternalServerError, "the service failed"},
		{"a panic", func(*http.Request) (endpoint.Answer, error) { panic("secret") }, http.StatusInternalServerError, "the service failed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := servicetest.Do(t, answering(test.thing), http.MethodGet, "/thing")
			servicetest.Problem(t, got, test.status)
			if !strings.Contains(got.Body, `"`+test.told+`"`) || strings.Contains(got.Body, "secret") || !strings.Contains(got.Body, `"instance":"/thing"`) {
				t.Error(got.Body)
			}
		})
	}
}

func failing(err error) endpoint.Func {
	return func(*http.Request) (endpoint.Answer, error) { return endpoint.Answer{}, err }
}

// TestAbortGoesOn keeps net/http's way of cutting a connection on purpose.
func TestAbortGoesOn(t *testing.T) {
	t.Parallel()
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // a panic's value, which is compared, not unwrapped
			t.Errorf("recovered %v", cause)
		}
	}()
	servicetest.Do(t, answering(func(*http.Request) (endpoint.Answer, error) { panic(http.ErrAbortHandler) }), http.MethodGet, "/thing")
}

func TestLongInstanceIsLeftOut(t *testing.T) {
	t.Parallel()
	got := servicetest.Do(t, answering(hello), http.MethodGet, "/"+strings.Repeat("x", 600))
	servicetest.Problem(t, got, http.StatusNotFound)
	if strings.Contains(got.Body, "instance") {
		t.Error(got.Body)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, id string
		kept     bool
	}{
		{"usual", "4bf92f3577b34da6", true},
		{"shortest", "!", true},
		{"longest", strings.Repeat("~", 128), true},
		{"none", "", false},
		{"too long", strings.Repeat("x", 129), false},
		{"a space", "a b", false},
		{"a line break", "a\r\nSet-Cookie: b", false},
		{"beyond ASCII", "é", false},
		{"not a text", "\xff", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := servicetest.Do(t, answering(hello), http.MethodGet, "/thing", "X-Request-Id", test.id).Header.Get("X-Request-Id")
			if (got == test.id) != test.kept || len(got) == 0 || len(got) > 128 {
				t.Errorf("answered %q", got)
			}
		})
	}
}

// TestTimeout reads the time that a request is given, to the nanosecond.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"": 10 * time.Second, "1": time.Millisecond, "250": 250 * time.Millisecond, "60000": time.Minute,
		"0": time.Millisecond, "60001": time.Minute, "99999999999999999999": time.Minute,
	} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var given time.Duration
				handler := answering(func(r *http.Request) (endpoint.Answer, error) {
					deadline, _ := r.Context().Deadline()
					given = time.Until(deadline)
					return hello(r)
				})
				servicetest.Do(t, handler, http.MethodGet, "/thing", "X-Request-Timeout-Ms", header)
				if given != want {
					t.Errorf("given %s, want %s", given, want)
				}
			})
		})
	}
	for _, header := range []string{"-1", "1.5", "1s", " ", "0x10", "１"} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			got := servicetest.Do(t, answering(hello), http.MethodGet, "/thing", "X-Request-Timeout-Ms", header)
			servicetest.Problem(t, got, http.StatusBadRequest)
		})
	}
}

// TestTimeIsUp lets the time pass while an endpoint works.
func TestTimeIsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := answering(func(r *http.Request) (endpoint.Answer, error) {
			<-r.Context().Done()
			return endpoint.Answer{}, r.Context().Err()
		})
		begin := time.Now()
		got := servicetest.Do(t, slow, http.MethodGet, "/thing", "X-Request-Timeout-Ms", "250")
		servicetest.Problem(t, got, http.StatusServiceUnavailable)
		if took := time.Since(begin); took != 250*time.Millisecond {
			t.Errorf("took %s", took)
		}
	})
}

// TestClientLeaves ends the work over a real connection.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	begun, ended := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(answering(func(r *http.Request) (endpoint.Answer, error) {
		close(begun)
		<-r.Context().Done()
		close(ended)
		return endpoint.Answer{}, r.Context().Err()
	}))
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/thing", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-begun; leave() }()
	response, err := server.Client().Do(request)
	if err == nil {
		_ = response.Body.Close()
		t.Error("answered a client that had left")
	}
	<-ended
}
