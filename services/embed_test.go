package services_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"storefront/services"
)

// start boots a program until the test ends.
func start(t *testing.T, o services.Options) *program {
	t.Helper()

	p, err := boot(o)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	})

	return p
}

// get asks a service of that name.
func (p *program) get(t *testing.T, name, target string) (status int, body string) {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.urls[name]+target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}

	response, err := p.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = response.Body.Close() }()

	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	return response.StatusCode, string(text)
}

func (p *program) has(file string) bool {
	_, err := os.Stat(filepath.Join(p.dir, file))

	return err == nil
}

func TestEmbedEverything(t *testing.T) {
	t.Parallel()

	for name, target := range map[string]string{
		"user": "/users/user_1", "product": "/products/prod_1", "order": "/orders/order_1", "customer": "/cust/12345", "monolith": "/api/users/user_1",
	} {
		if status, body := shared.get(t, name, target); status != http.StatusOK {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}

	slices.Sort(shared.before)

	if want := []string{"customer", "monolith", "order", "product", "user"}; !slices.Equal(shared.before, want) {
		t.Errorf("before %v", shared.before)
	}

	for title, name := range map[string]string{
		"user service": "user", "product service": "product", "order service": "order", "legacy customer system": "customer", "monolith": "monolith",
	} {
		line := "  " + title + " "
		if _, rest, found := strings.Cut(shared.out.String(), line); !found || !strings.HasPrefix(strings.TrimSpace(rest), shared.urls[name]+" ") {
			t.Errorf("%s at %s is not told:\n%s", title, shared.urls[name], shared.out.String())
		}
	}
}

// The legacy systems make their data when they are asked first, each for itself,
// and find it again at the next start.
func TestEmbedLegacy(t *testing.T) {
	t.Parallel()

	o := services.Options{
		Names: []string{"customer", "monolith"}, Dir: t.TempDir() + "/new",
		Elsewhere: map[string]string{"user": "http://users.test", "product": "http://products.test"},
	}

	p := start(t, o)
	if len(p.urls) != 2 || p.has("customers.db") || p.has("monolith.db") {
		t.Errorf("%v, and data before anybody asked", p.urls)
	}

	if status, body := p.get(t, "customer", "/cust/user_1"); status != http.StatusOK || !strings.Contains(body, `"f_name":"John"`) {
		t.Errorf("%d %s", status, body)
	}

	if !p.has("customers.db") || p.has("monolith.db") {
		t.Error("another system was opened than was asked")
	}

	if err := p.stop(); err != nil {
		t.Fatal(err)
	}

	again := start(t, o)
	if status, body := again.get(t, "customer", "/cust/user_1"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}

	for target, picture := range map[string]string{
		"/api/users/user_1?detail=full": `"http://users.test/pictures/user_1.jpg"`,
		"/api/products/prod_1":          `"http://products.test/images/prod_1.jpg"`,
	} {
		if status, body := again.get(t, "monolith", target); status != http.StatusOK || !strings.Contains(body, picture) {
			t.Errorf("%d %s", status, body)
		}
	}
}

// A program that stops before anybody asked leaves nothing behind.
func TestEmbedUnasked(t *testing.T) {
	t.Parallel()

	p := start(t, services.Options{Names: []string{"customer"}, Dir: t.TempDir()})
	if len(p.urls) != 1 || !slices.Equal(p.before, []string{"customer"}) {
		t.Errorf("%v, before %v", p.urls, p.before)
	}
}

func TestEmbedMistakes(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		o    services.Options
		want string
	}{
		{services.Options{Names: []string{"butler"}}, "there is no butler service"},
		{services.Options{Names: []string{"monolith"}}, "where the user and the product service are"},
		{services.Options{Names: []string{"monolith", "user"}}, "where the user and the product service are"},
		{services.Options{Names: []string{"monolith"}, Elsewhere: map[string]string{"product": "http://products.test"}}, "where the user and the product service are"},
	} {
		test.o.Dir = t.TempDir()

		if p, err := boot(test.o); err == nil {
			t.Errorf("%+v: started and stopped: %v", test.o, p.stop())
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test.o, err)
		}
	}
}

// A legacy system whose data cannot be opened is a 503, said in the log, and is
// there as soon as it can.
func TestEmbedUnopened(t *testing.T) {
	t.Parallel()

	p := start(t, services.Options{Names: []string{"customer"}, Dir: t.TempDir()})
	file := filepath.Join(p.dir, "customers.db")

	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}

	for range 2 {
		if status, body := p.get(t, "customer", "/cust/12345"); status != http.StatusServiceUnavailable || strings.Contains(body, p.dir) || strings.Contains(body, "customers.db") {
			t.Errorf("%d %s", status, body)
		}
	}

	if !strings.Contains(p.out.String(), `"msg":"embedded service could not be opened"`) || !strings.Contains(p.out.String(), "customers.db") {
		t.Errorf("the log does not say why:\n%s", p.out.String())
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}

	if status, body := p.get(t, "customer", "/cust/12345"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
}
