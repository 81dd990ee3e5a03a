package rest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/problem"
	"storefront/internal/rest"
	"storefront/internal/telemetry"
	"storefront/internal/wire"
)

// The screen of these tests: whose shelf it is, and what stands on it.

type shelfInput struct {
	rest.Conditional

	UserID rest.ID `doc:"Whose shelf." example:"user_1" path:"user_id"`
}

type shelfView struct {
	Owner *ownerView `doc:"Null when omitted." json:"owner"`
	Books []bookView `doc:"Null when omitted." json:"books" maxItems:"3" nullable:"true"`

	rest.Partial
}

type ownerView struct {
	Name  string  `json:"name"`
	Email *string `json:"email"`
}

type bookView struct {
	ID    wire.ID      `json:"id"`
	Price wire.Number  `json:"price"`
	Stars *wire.Number `json:"stars"`
	Facts wire.TextMap `json:"facts"`
}

func wholeShelf() shelfView {
	stars := wire.Number("4.50")

	return shelfView{
		Owner: &ownerView{Name: "Ann <&> Bob", Email: new("ann@example.com")},
		Books: []bookView{
			{ID: wire.ID{Text: "b"}, Price: "999.90", Stars: &stars, Facts: wire.TextMap{{Name: "z", Value: "1"}, {Name: "a", Value: "2"}}},
			{ID: wire.ID{Text: "7", Integer: true}, Price: "0.1"},
		},
	}
}

const wholeBody = `{"owner":{"name":"Ann <&> Bob","email":"ann@example.com"},"books":[` +
	`{"id":"b","price":999.90,"stars":4.50,"facts":{"z":"1","a":"2"}},{"id":7,"price":0.1,"stars":null,"facts":null}]}`

var shelfSections = []fanout.Section{{Name: "owner"}, {Name: "books"}}

type compose func(context.Context, shelfInput) (shelfView, fanout.Report, error)

// whole is a screen with nothing amiss.
func whole(context.Context, shelfInput) (shelfView, fanout.Report, error) {
	return wholeShelf(), fanout.Report{{Section: "owner"}, {Section: "books"}}, nil
}

const maxAge = 30 * time.Second

// newAPI gives the surface of a BFF with that one screen.
func newAPI(screen compose) http.Handler {
	engine := rest.NewEngine(problem.Write)
	api := rest.New(engine, rest.Info{Title: "shelves", Description: "A test.", Version: "1.2.3"}, toProblem)

	rest.Page(api, rest.Route{
		Path: "/api/shelf/{user_id}", Name: "Shelf", MaxAge: maxAge, Summary: "A shelf", Description: "What stands on it.",
		Sections: shelfSections,
	}, screen)
	rest.Page(api, rest.Route{
		Path: "/api/window/{user_id}", Name: "Window", NoSubject: true, Summary: "A window", Description: "What lies in it.",
		Sections: shelfSections,
	}, screen)

	return engine
}

func toProblem(err error) *problem.Details {
	if fault.KindOf(err) == fault.NotFound {
		return problem.Named(http.StatusNotFound, "no-such-shelf", "No such shelf", "There is none.")
	}

	return problem.New(http.StatusServiceUnavailable, "Not now.")
}

// ask sends a request to handler as the inbound pipe hands it on.
func ask(t *testing.T, handler http.Handler, r *http.Request) *http.Response {
	t.Helper()

	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "request-1")
	handler.ServeHTTP(w, r)

	return w.Result()
}

func newRequest(t *testing.T, method, target string) *http.Request {
	t.Helper()

	ctx := telemetry.WithRecord(t.Context(), &telemetry.Record{BFF: "test", RequestID: "request-1"})

	return httptest.NewRequestWithContext(ctx, method, target, http.NoBody)
}

func get(t *testing.T, handler http.Handler, path string) *http.Response {
	t.Helper()

	return ask(t, handler, newRequest(t, http.MethodGet, path))
}

func body(t *testing.T, answer *http.Response) string {
	t.Helper()

	defer func() { _ = answer.Body.Close() }()

	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}

	return string(text)
}

// wantHeaders fails the test unless the headers have those values; "" is for
// none.
func wantHeaders(t *testing.T, answer *http.Response, want map[string]string) {
	t.Helper()

	for name, value := range want {
		if got := answer.Header.Get(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}
