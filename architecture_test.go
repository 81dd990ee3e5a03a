package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// never is a package that must not come to know another, directly or through
// others. Names stand for the package and all below it.
type never struct {
	from   string
	except []string // below from, but free to know
	to     []string
	but    []string // below to, but free to be known
	why    string
}

// only is a package that few may import.
type only struct {
	to  string
	by  []string
	why string
}

const (
	alone   = "each BFF is deployed and changed alone"
	spells  = "graph is how the web BFF spells its routes: it knows the BFF, not the other way round"
	network = "what runs in another process is met over the network"
	knows   = "mechanism knows no client and no service"
	inside  = "the library stays inside the package that is about it"
	helper  = "what is there for tests does not get into a program"
	breaks  = "chaos stands before embedded services alone: a program that embeds none cannot break what it calls"
)

// nevers is who may not know whom.
func nevers() []never {
	clients := []string{"bff", "graph"}

	return []never{
		{from: "bff/mobile", to: []string{"bff/web", "bff/tv"}, why: alone},
		{from: "bff/mobile", to: []string{"graph", "internal/gql", "github.com/99designs/gqlgen"}, why: spells},
		{from: "bff/tv", to: []string{"bff/web", "bff/mobile"}, why: alone},
		{from: "bff/tv", to: []string{"graph", "internal/gql", "github.com/99designs/gqlgen"}, why: spells},
		{from: "bff/web", to: []string{"bff/mobile", "bff/tv"}, why: alone},
		{from: "bff/web", except: []string{"bff/web/cmd"}, to: []string{"graph"}, but: []string{"graph/model"}, why: spells},
		{from: "bff", to: []string{"services"}, why: network},
		{from: "bff", except: []string{"bff/bfftest"}, to: []string{"upstream/upstreamtest"}, why: breaks},

		{from: "graph", to: []string{"bff/mobile", "bff/tv"}, why: alone},
		{from: "graph", to: []string{"services"}, why: network},
		{from: "graph", to: []string{"upstream/upstreamtest"}, why: breaks},
		{from: "graph/model", to: []string{"bff", "graph", "upstream", "services"}, but: []string{"graph/model"}, why: "the types of the schema are a leaf that all may import"},
		{from: "graph/playground", to: []string{"bff", "graph", "upstream", "services"}, but: []string{"graph/playground"}, why: "the playground is a page, and knows the endpoint's path alone"},

		{from: "upstream", to: append(clients, "services"), why: "a client of a service does not know who shows the answer, nor how it is made"},
		{from: "upstream/user", to: []string{"upstream"}, but: []string{"upstream/user"}, why: "clients of services never know each other"},
		{from: "upstream/product", to: []string{"upstream"}, but: []string{"upstream/product"}, why: "clients of services never know each other"},
		{from: "upstream/order", to: []string{"upstream"}, but: []string{"upstream/order"}, why: "clients of services never know each other"},
		{from: "upstream/strangler", except: []string{"upstream/strangler/cmd"}, to: []string{"upstream"}, but: []string{"upstream/strangler"}, why: "the strangler knows paths, and no client of a service"},
		{from: "upstream/strangler/cmd", to: []string{"upstream/user", "upstream/product", "upstream/order", "upstream/customer"}, why: "the facade knows where services are, and passes on what it does not read"},
		{from: "upstream/customer", to: []string{"upstream"}, but: []string{"upstream/customer"}, why: "clients of services never know each other"},
		{from: "upstream/upstreamtest", to: []string{"internal", "upstream"}, but: []string{"upstream/upstreamtest"}, why: "a fake that shares code with what it tests shares its mistakes"},

		{from: "internal", to: append(clients, "upstream", "services"), why: knows},

		{from: "bench", except: []string{"bench/posts"}, to: append(clients, "internal", "upstream", "services"), but: []string{"upstream/upstreamtest"}, why: "what is measured is known from outside; the fake that fails is no part of it"},

		{from: "services", to: append(clients, "upstream"), why: network},
		{from: "services/user", to: []string{"services"}, but: []string{"services/user", "services/internal"}, why: "each service is another team's"},
		{from: "services/product", to: []string{"services"}, but: []string{"services/product", "services/internal"}, why: "each service is another team's"},
		{from: "services/order", to: []string{"services"}, but: []string{"services/order", "services/internal"}, why: "each service is another team's"},
		{from: "services/legacy", to: []string{"services"}, but: []string{"services/legacy", "services/internal"}, why: "what is replaced does not know what replaces it"},
		{from: "services/internal", to: []string{"services"}, but: []string{"services/internal"}, why: "what services share knows none of them"},
	}
}

// onlys is what few may import.
func onlys() []only {
	return []only{
		{to: "graph", by: []string{".", "bff/web", "graph"}, why: spells},
		{to: "upstream", by: []string{".", "bench", "bff", "upstream"}, why: "whoever else needs an upstream's data is handed it"},
		{to: "services", by: []string{".", "services"}, why: network},
		{to: "bff", by: []string{".", "bff", "graph"}, why: "nothing is built on top of a BFF but its program"},
		{to: "upstream/upstreamtest", by: []string{".", "bench", "bff/bfftest"}, why: breaks},
		{to: "upstream/upstreamtest/chaos", by: []string{".", "bench"}, why: breaks},
		{to: "bff/bfftest", why: helper},
		{to: "internal/gql/gqltest", why: helper},
		{to: "services/internal/servicetest", why: helper},
		{to: "internal/cache/redistest", why: helper},
		{to: "testing", by: []string{"bff/bfftest", "internal/cache/redistest", "services/internal/servicetest"}, why: helper},
		{to: "github.com/99designs/gqlgen", by: []string{"graph", "internal/gql", "bench/posts"}, why: inside},
		{to: "github.com/vektah/gqlparser", by: []string{"graph", "internal/gql", "bench/posts"}, why: inside},
		{to: "internal/gql", by: []string{"graph", "internal/gql", "bench/posts"}, why: "GraphQL is for those who have a schema"},
		{to: "github.com/danielgtaylor/huma", by: []string{"internal/rest"}, why: inside},
		{to: "github.com/gin-gonic/gin", by: []string{"bff", "internal/rest"}, why: "screens speak in values; routes alone know the router"},
		{to: "github.com/failsafe-go", by: []string{"internal/resilience"}, why: inside},
		{to: "github.com/prometheus", by: []string{"internal/telemetry"}, why: inside},
		{to: "go.opentelemetry.io/otel/exporters", by: []string{"internal/telemetry/otlp"}, why: "only whole programs link the exporter"},
		{to: "github.com/maypok86/otter", by: []string{"internal/cache"}, why: inside},
		{to: "github.com/redis/rueidis", by: []string{"internal/cache/shared"}, why: inside},
		{to: "github.com/swaggest/swgui", by: []string{"internal/apidocs"}, why: inside},
		{to: "github.com/klauspost/compress", by: []string{"internal/serve"}, why: inside},
		{to: "github.com/andybalholm/brotli", by: []string{"internal/serve"}, why: inside},
		{to: "internal/limit", by: []string{"internal/serve"}, why: "what is shed is decided in the inbound pipe, and nowhere else"},
		{to: "internal/quota", by: []string{"internal/serve"}, why: "what is shed is decided in the inbound pipe, and nowhere else"},
		{to: "golang.org/x/time", by: []string{"internal/quota"}, why: inside},
		{to: "github.com/tsenart/vegeta", by: []string{"bench/internal/flood"}, why: inside},
		{to: "bench/internal/flood", by: []string{"bench"}, why: helper},
		{to: "github.com/goccy/go-yaml", by: []string{"upstream/strangler"}, why: inside},
		{to: "upstream/strangler", by: []string{".", "bff", "upstream"}, why: "which system answers is decided below the screens, where clients of services are made"},
		{to: "modernc.org/sqlite", by: []string{"services/internal/database"}, why: inside},
		{to: "github.com/pressly/goose", by: []string{"services/internal/database"}, why: inside},
	}
}

func TestArchitecture(t *testing.T) {
	t.Parallel()

	all, err := readImports(os.DirFS("."), "storefront")
	if err != nil {
		t.Fatal(err)
	}

	const some = 30 // Packages; far fewer mean that the reader is blind.
	if len(all) < some || len(all["."]) == 0 {
		t.Fatalf("only %d packages were read", len(all))
	}

	for _, violation := range violations(all, nevers(), onlys()) {
		t.Error(violation)
	}
}

// A rule about a package that is not there would never fail again.
func TestArchitectureRulesAreAboutSomething(t *testing.T) {
	t.Parallel()

	all, err := readImports(os.DirFS("."), "storefront")
	if err != nil {
		t.Fatal(err)
	}

	var names []string
	for _, rule := range nevers() {
		names = append(append(names, rule.from), slices.Concat(rule.except, rule.to, rule.but)...)
	}

	for _, rule := range onlys() {
		names = append(append(names, rule.to), rule.by...)
	}

	for _, name := range names {
		if !all.has(name) {
			t.Errorf("there is no package %s", name)
		}
	}
}

// The checker finds what it is there to find, and says the whole chain.
func TestArchitectureCheckerFails(t *testing.T) {
	t.Parallel()

	files := map[string]string{
		"server.go":                 `import ("storefront/bff/tv"; "storefront/services")`,
		"bff/tv/cmd/bff-tv/main.go": `import "storefront/bff/tv"`,
		"bff/tv/browse.go":          `import "storefront/internal/page"`,
		"bff/tv/browse_test.go":     `import ("storefront/services"; "storefront/bff/mobile")`,
		"bff/mobile/dashboard.go":   `import "fmt"`,
		"bff/mobile/testdata/x.go":  `import "storefront/services"`,
		"internal/page/page.go":     `import (m "storefront/bff/mobile"; _ "example.com/router/v2/mux")`,
		"internal/page/tagged.go":   "//go:build never\n\n" + `import "storefront/services"`,
		"services/services.go":      ``,
		".hidden/hidden.go":         `import "storefront/services"`,
		"bench/other/other.go":      `import "storefront/services"`,
	}

	tree := fstest.MapFS{}
	for name, imports := range files {
		before, after, tagged := strings.Cut(imports, "\n\n")
		if !tagged {
			before, after = "", imports
		}

		tree[name] = &fstest.MapFile{Data: []byte(before + "\n\npackage p\n" + after)}
	}

	tree["bench/other/go.mod"] = &fstest.MapFile{Data: []byte("module other")}

	all, err := readImports(tree, "storefront")
	if err != nil {
		t.Fatal(err)
	}

	got := violations(all,
		[]never{
			{from: "bff/tv", to: []string{"bff/mobile"}, why: "alone"},
			{from: "bff/mobile", to: []string{"services"}, why: "unbroken"},
			{from: "bff", except: []string{"bff/tv/cmd"}, to: []string{"services"}, why: "network"},
			{from: "internal", to: []string{"bff"}, but: []string{"bff/mobile"}, why: "unbroken"},
		},
		[]only{
			{to: "services", by: []string{"."}, why: "network"},
			{to: "example.com/router", by: []string{"bff"}, why: "inside"},
			{to: "bff", by: []string{".", "bff", "internal"}, why: "unbroken"},
		},
	)
	want := []string{
		"bff/tv → internal/page → bff/mobile: alone",
		"bff/tv → internal/page → services: network",
		"bff/tv/cmd/bff-tv → bff/tv → internal/page → bff/mobile: alone",
		"internal/page → example.com/router/v2/mux: inside",
		"internal/page → services: network",
	}

	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The top level is a table of contents: what is not in it has a place below.
func TestTopLevel(t *testing.T) {
	t.Parallel()

	allowed := []string{
		"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "bench", "bff", "docs",
		"go.mod", "go.sum", "gqlgen.yml", "graph", "internal", "server.go", "services", "testdata", "upstream",
		"bin", "data", "node_modules", // made by tools, and ignored by git
	}

	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}

	for _, entry := range entries {
		name := entry.Name()
		ofTools := strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".out") || strings.HasSuffix(name, ".test")

		if !ofTools && !strings.HasSuffix(name, "_test.go") && !slices.Contains(allowed, name) {
			t.Errorf("%s has no place at the top level; docs/architecture.md says where things are", name)
		}
	}
}
