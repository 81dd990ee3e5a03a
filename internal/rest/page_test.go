package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
	"storefront/internal/session"
	"storefront/internal/telemetry"
)

func TestWholePage(t *testing.T) {
	t.Parallel()

	answer := get(t, newAPI(whole), "/api/shelf/user_1")
	if text := body(t, answer); answer.StatusCode != http.StatusOK || text != wholeBody {
		t.Errorf("got %d, %s\nwant %s", answer.StatusCode, text, wholeBody)
	}

	wantHeaders(t, answer, map[string]string{
		"Content-Type": "application/json", "Cache-Control": "private, max-age=30", "Vary": "Authorization",
	})
}

func TestScreenIsToldWhatIsAskedFor(t *testing.T) {
	t.Parallel()

	record := &telemetry.Record{}
	asked := ""
	handler := newAPI(func(ctx context.Context, in shelfInput) (shelfView, fanout.Report, error) {
		asked = string(in.UserID)
		if telemetry.RecordFrom(ctx) != record {
			t.Error("the request's own context is lost")
		}

		if user := session.Whom(ctx); user != asked {
			t.Errorf("it is about %q", user)
		}

		return whole(ctx, in)
	})
	r := newRequest(t, http.MethodGet, "/api/shelf/a.b~c:d@e+f=g-h?ignored=1")
	answer := ask(t, handler, r.WithContext(telemetry.WithRecord(t.Context(), record)))

	if answer.StatusCode != http.StatusOK || asked != "a.b~c:d@e+f=g-h" {
		t.Errorf("got %d, asked for %q", answer.StatusCode, asked)
	}

	if route := record.Route(); route != "/api/shelf/:user_id" {
		t.Errorf("recorded as %q", route)
	}
}

// TestDegradedPage is told in the page, kept by nobody, and recorded.
func TestDegradedPage(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		status fresh.Status
		want   string
	}{
		"stale": {
			fresh.Status{State: fresh.Stale, Reason: fault.Timeout, Age: 12*time.Second + 999*time.Millisecond},
			`{"section":"books","state":"stale","reason":"timeout","age_seconds":12}`,
		},
		"stale, and new all the same": {
			fresh.Status{State: fresh.Stale, Reason: fault.InvalidResponse},
			`{"section":"books","state":"stale","reason":"invalid_response","age_seconds":0}`,
		},
		"omitted": {
			fresh.Status{State: fresh.Omitted, Reason: fault.Unavailable}, `{"section":"books","state":"omitted","reason":"unavailable"}`,
		},
		"circuit open": {
			fresh.Status{State: fresh.Omitted, Reason: fault.CircuitOpen}, `{"section":"books","state":"omitted","reason":"circuit_open"}`,
		},
		"overload": {
			fresh.Status{State: fresh.Omitted, Reason: fault.Overload}, `{"section":"books","state":"omitted","reason":"overload"}`,
		},
		// The contract has no words for these.
		"not found": {
			fresh.Status{State: fresh.Omitted, Reason: fault.NotFound}, `{"section":"books","state":"omitted","reason":"unavailable"}`,
		},
		"canceled": {
			fresh.Status{State: fresh.Omitted, Reason: fault.Canceled}, `{"section":"books","state":"omitted","reason":"unavailable"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			record := &telemetry.Record{}
			handler := newAPI(func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
				return wholeShelf(), fanout.Report{{Section: "owner"}, {Section: "books", Status: test.status}}, nil
			})
			r := newRequest(t, http.MethodGet, "/api/shelf/user_1")
			answer := ask(t, handler, r.WithContext(telemetry.WithRecord(t.Context(), record)))

			if text := body(t, answer); !strings.HasSuffix(text, `,"degraded":[`+test.want+`]}`) {
				t.Errorf("got %s", text)
			}

			wantHeaders(t, answer, map[string]string{"Cache-Control": "no-store", "Vary": "Authorization"})

			if answer.StatusCode != http.StatusOK || answer.Header.Get("ETag") == "" {
				t.Errorf("got %d, %v", answer.StatusCode, answer.Header)
			}

			if diff := cmp.Diff([]telemetry.Section{{Name: "books", Status: test.status}}, record.Degraded()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoPage(t *testing.T) {
	t.Parallel()

	tests := map[fault.Kind]struct {
		status     int
		title      string
		retryAfter string
	}{
		fault.NotFound:    {http.StatusNotFound, "No such shelf", ""},
		fault.Unavailable: {http.StatusServiceUnavailable, "Service Unavailable", "2"},
		fault.Timeout:     {http.StatusServiceUnavailable, "Service Unavailable", "2"},
	}
	for kind, want := range tests {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()

			answer := get(t, newAPI(func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
				return wholeShelf(), nil, fault.New(kind, "dial tcp 10.0.0.1:80: secret")
			}), "/api/shelf/user_1")

			wantProblem(t, answer, want.status, want.title)
			wantHeaders(t, answer, map[string]string{"Retry-After": want.retryAfter, "ETag": ""})
		})
	}
}

// TestNobodyToTell: the client is gone, so there is no answer.
func TestNobodyToTell(t *testing.T) {
	t.Parallel()

	answer := get(t, newAPI(func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
		return shelfView{}, nil, fault.New(fault.Canceled, "gone")
	}), "/api/shelf/user_1")

	if text := body(t, answer); text != "" || answer.Header.Get("Cache-Control") != "" {
		t.Errorf("got %v, %s", answer.Header, text)
	}
}

// TestViewThatCannotBeSent is our own mistake: nothing of it goes out.
func TestViewThatCannotBeSent(t *testing.T) {
	t.Parallel()

	handler := newAPI(func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
		return shelfView{Books: []bookView{{Price: "1e"}}}, nil, nil
	})

	defer func() {
		if v := recover(); !strings.Contains(fmt.Sprint(v), "not a JSON number") {
			t.Errorf("recovered %v", v)
		}
	}()

	get(t, handler, "/api/shelf/user_1")
}
