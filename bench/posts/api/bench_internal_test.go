package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"storefront/internal/gql"
	"storefront/internal/telemetry"
)

// hundred is a hundred posts of ten users.
func hundred() *page {
	authors := make([]*PostUser, 10)
	for i := range authors {
		authors[i] = &PostUser{ID: int64(i), Name: fmt.Sprintf("Author %d", i), Email: fmt.Sprintf("author%d@example.com", i)}
	}

	p := new(page)
	for i := range 100 {
		p.posts = append(p.posts, Post{ID: int64(i), UserID: int64(i % 10), Title: fmt.Sprintf("Title of post %d in some words", i), User: authors[i%10]})
	}

	return p
}

// BenchmarkPosts is what GraphQL costs when all is fetched: gqlgen's own way
// (standard), and ours.
func BenchmarkPosts(b *testing.B) {
	fetched := hundred()
	service := service(func(context.Context, fields) *page { return fetched }, telemetry.NewTracer(nil))

	for name, query := range map[string]string{
		"users": `{posts{id userId title user{id name email}}}`, "titles": `{posts{title}}`, "greet": `{greet}`,
	} {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			b.Fatal(err)
		}

		b.Run(name+"/standard", func(b *testing.B) { benchmark(b, standard(fetched), body) })
		b.Run(name+"/ours", func(b *testing.B) { benchmark(b, gql.NewHandler(service), body) })
	}
}

// standard does what gqlgen's own server with its POST transport does.
func standard(fetched *page) http.Handler {
	exec := executor.New(NewExecutableSchema(Config{Resolvers: &Resolver{}}))
	exec.SetQueryCache(graphql.MapCache[*ast.QueryDocument]{})

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := graphql.StartOperationTrace(context.WithValue(r.Context(), runKey{}, fetched))

		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}

		params := &graphql.RawParams{Headers: r.Header}
		if err = json.Unmarshal(body, params); err != nil {
			panic(err)
		}

		operation, errs := exec.CreateOperationContext(ctx, params)
		if len(errs) > 0 {
			panic(errs)
		}

		respond, ctx := exec.DispatchOperation(ctx, operation)

		answer, err := json.Marshal(respond(ctx))
		if err != nil {
			panic(err)
		}

		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
}

func benchmark(b *testing.B, handler http.Handler, body []byte) {
	b.Helper()

	reader := new(rewound)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", reader)
	r.Header.Set("Content-Type", "application/json")

	w := &discard{header: http.Header{}}

	b.ReportAllocs()

	for b.Loop() {
		reader.Reset(body)
		clear(w.header)
		w.sent = 0

		handler.ServeHTTP(w, r)
	}

	b.ReportMetric(float64(w.sent), "bytes-out")
}

type rewound struct{ bytes.Reader }

func (r *rewound) Close() error { return nil }

// discard is a connection that is never slow.
type discard struct {
	header http.Header
	sent   int
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) WriteHeader(int) {}

func (d *discard) Write(p []byte) (int, error) {
	d.sent += len(p)

	return len(p), nil
}
