package stub_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/bench/internal/stub"
)

func newStub(t *testing.T, o stub.Options) *stub.Stub {
	t.Helper()

	s, err := stub.New(o)
	if err != nil {
		t.Fatal(err)
	}

	return s
}

// ask sends a request to one of the services, as it is.
func ask(t *testing.T, s *stub.Stub, service, text string) (status int, header http.Header, body []byte) {
	t.Helper()

	ours, theirs := net.Pipe()
	defer func() { _ = ours.Close() }() // The answer is read.

	go s.ServeConn(service, theirs)
	go func() { _, _ = ours.Write([]byte(text)) }() // What comes back is looked at.

	response, err := http.ReadResponse(bufio.NewReader(ours), nil) //nolint:bodyclose // The connection is closed.
	if err != nil {
		t.Fatal(err)
	}

	if body, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}

	return response.StatusCode, response.Header, body
}

// get asks one of the services for a target, with more lines of a head.
func get(t *testing.T, s *stub.Stub, service, target string, lines ...string) (status int, header http.Header, body []byte) {
	t.Helper()

	head := append([]string{"GET " + target + " HTTP/1.1", "Host: stub"}, lines...)

	return ask(t, s, service, strings.Join(head, "\r\n")+"\r\n\r\n")
}

func decode[T any](t *testing.T, status int, body []byte) (value T) {
	t.Helper()

	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}

	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatal(err)
	}

	return value
}

func fetch[T any](t *testing.T, s *stub.Stub, service, target string) T {
	t.Helper()

	status, _, body := get(t, s, service, target)

	return decode[T](t, status, body)
}

func between(t *testing.T, what string, got, low, high int) {
	t.Helper()

	if got < low || got > high {
		t.Errorf("%s: %d bytes, want %d to %d", what, got, low, high)
	}
}

func TestUserIsTheOneAskedForInARealisticSize(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 10_000, CacheControl: "no-store"})

	for _, n := range []int{0, 41, 9_999} {
		status, header, body := get(t, s, "user", "/users/"+stub.UserID(n))
		between(t, "user", len(body), 260, 300)

		if got := decode[stub.User](t, status, body); got != stub.NewUser(n) {
			t.Errorf("user %d is %+v", n, got)
		}

		if got := header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
	}
}

func TestListsIgnoreTheLimit(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 2})

	status, _, body := get(t, s, "product", "/products?user_id=user_1&limit=5")
	between(t, "50 products", len(body), 50*370, 50*400)

	products := decode[[]stub.Product](t, status, body)
	if !slices.Equal(products, stub.Products()) || len(products) != stub.ProductCount {
		t.Errorf("%d products", len(products))
	}

	for n := range 2 {
		status, _, body = get(t, s, "order", "/orders?user_id="+stub.UserID(n)+"&limit=3")
		between(t, "20 orders", len(body), 20*200, 20*260)

		orders := decode[[]stub.Order](t, status, body)
		if !reflect.DeepEqual(orders, stub.Orders(n)) || len(orders) != stub.OrderCount {
			t.Errorf("user %d has %d orders: %s", n, len(orders), body)
		}
	}
}

func TestProductsByIDsAreThoseAskedFor(t *testing.T) {
	t.Parallel()

	s, all := newStub(t, stub.Options{Users: 1, CacheControl: "no-store"}), stub.Products()

	for ids, want := range map[string][]stub.Product{
		"prod_7":                {all[6]},
		"prod_50,prod_1,prod_2": {all[49], all[0], all[1]},
		"prod_50%2Cprod_1":      {all[49], all[0]},
		"prod_1,prod_51,x":      {all[0]},
		"unknown":               {},
	} {
		status, header, body := get(t, s, "product", "/products?ids="+ids)
		if got := decode[[]stub.Product](t, status, body); !slices.Equal(got, want) || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s", ids, body)
		}
	}
}

func TestPostsAndThoseWhoWroteThem(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 1})

	posts := fetch[[]stub.Post](t, s, "posts", "/posts")
	if len(posts) != stub.PostCount || !slices.Equal(posts, stub.Posts()) {
		t.Errorf("%d posts", len(posts))
	}

	for i, post := range posts {
		if post.UserID != i/10+1 {
			t.Errorf("post %d is of user %d", i, post.UserID)
		}
	}

	for n := range stub.PostUserCount {
		if got := fetch[stub.PostUser](t, s, "posts", "/posts/users/"+strconv.Itoa(n+1)); got != stub.NewPostUser(n) {
			t.Errorf("user %d is %+v", n, got)
		}
	}
}

func TestTagsSpareWhoHasTheAnswer(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 2, Tags: true})
	_, header, _ := get(t, s, "user", "/users/user_1")
	tag := header.Get("Etag")

	if status, _, body := get(t, s, "user", "/users/user_1", "If-None-Match: "+tag); status != http.StatusNotModified || len(body) > 0 {
		t.Errorf("status %d: %s", status, body)
	}

	if status, _, body := get(t, s, "user", "/users/user_2", "if-none-match: "+tag); status != http.StatusOK || len(body) == 0 {
		t.Errorf("another user's: status %d: %s", status, body)
	}

	if _, header, _ = get(t, newStub(t, stub.Options{Users: 1}), "user", "/users/user_1"); header.Get("Etag") != "" {
		t.Errorf("a tag where none is wanted: %s", header.Get("Etag"))
	}
}

// The old system says what the services say, to the byte.
func TestMonolithAnswersAsTheServicesDo(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 60, CacheControl: "no-store"})

	for target, same := range map[string]struct{ service, target string }{
		"/api/users/user_7?detail=full":                    {"user", "/users/user_7"},
		"/api/users/user_7":                                {"user", "/users/user_7"},
		"/api/products?user_id=user_7&limit=5":             {"product", "/products?user_id=user_7&limit=5"},
		"/api/products?ids=prod_1,prod_2":                  {"product", "/products?ids=prod_1,prod_2"},
		"/api/orders?user_id=user_51&limit=3&detail=full":  {"order", "/orders?user_id=user_51&limit=3"},
		"/api/products?user_id=user_7&limit=5&detail=full": {"product", "/products?user_id=user_7"},
	} {
		status, header, body := get(t, s, "monolith", target)

		wantStatus, wantHeader, want := get(t, s, same.service, same.target)
		if status != wantStatus || status != http.StatusOK || string(body) != string(want) || !reflect.DeepEqual(header, wantHeader) {
			t.Errorf("%s: status %d: %.100s, want %.100s", target, status, body, want)
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	t.Parallel()

	seen := map[string]bool{}
	note := func(id string) {
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}

		seen[id] = true
	}

	for _, p := range stub.Products() {
		note(p.ID)
	}

	for _, o := range stub.Orders(0) {
		note(o.ID)
	}

	bought := map[string]bool{}

	for _, o := range stub.Orders(41) {
		for _, item := range o.Items {
			if !seen[item.ProductID] || bought[item.ProductID] {
				t.Errorf("%s holds %s, which is not sold, or was bought before", o.ID, item.ProductID)
			}

			bought[item.ProductID] = true
		}
	}

	if reflect.DeepEqual(stub.Orders(41), stub.Orders(42)) {
		t.Error("the next user has bought the same")
	}
}

func TestUnknownRequestsAreRefusedAndNotCounted(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 10})

	for _, c := range []struct {
		service, target string
		status          int
	}{
		{"user", "/users/user_0", http.StatusNotFound},
		{"user", "/users/user_11", http.StatusNotFound},
		{"user", "/users/user_01", http.StatusNotFound},
		{"user", "/users/someone", http.StatusNotFound},
		{"user", "/products?user_id=user_1", http.StatusNotFound},
		{"product", "/products/prod_1", http.StatusBadRequest},
		{"order", "/orders/order_1", http.StatusBadRequest},
		{"order", "/products?user_id=user_1", http.StatusBadRequest},
		{"posts", "/posts/users/0", http.StatusNotFound},
		{"posts", "/posts/users/11", http.StatusNotFound},
		{"posts", "/users/user_1", http.StatusNotFound},
		{"monolith", "/users/user_1", http.StatusNotFound},
		{"monolith", "/api/posts", http.StatusNotFound},
		{"monolith", "/api/orders?limit=1", http.StatusBadRequest},
	} {
		if status, _, _ := get(t, s, c.service, c.target); status != c.status {
			t.Errorf("%s of %s: status %d, want %d", c.target, c.service, status, c.status)
		}
	}

	if calls := s.Calls(); calls.Total() != 0 {
		t.Errorf("calls are %+v", calls)
	}
}

func TestCallsAreCountedByService(t *testing.T) {
	t.Parallel()

	s := newStub(t, stub.Options{Users: 1})
	want := stub.Calls{User: 1, Product: 2, Order: 3, Post: 4}

	for service, target := range map[string]string{
		"user": "/users/user_1", "product": "/products?user_id=user_1", "order": "/orders?user_id=user_1", "posts": "/posts",
	} {
		for range map[string]int64{"user": want.User, "product": want.Product, "order": want.Order, "posts": want.Post}[service] {
			get(t, s, service, target)
		}
	}

	if got := fetch[stub.Calls](t, s, "calls", "/"); got != want || got.Total() != 10 {
		t.Errorf("calls are %+v, want %+v", got, want)
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		s := newStub(t, stub.Options{Users: 1, Delay: 50 * time.Millisecond})
		begin := time.Now()

		get(t, s, "user", "/users/user_1")

		if took := time.Since(begin); took != 50*time.Millisecond {
			t.Errorf("the answer took %s", took)
		}
	})
}
