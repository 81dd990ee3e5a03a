package upstreamtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"storefront/upstream/upstreamtest"
)

// observation says what a plain client sees of a fault; good is what it sees
// without.
type observation struct {
	fault upstreamtest.Fault
	is    func(got, good seen) bool
}

func observations() []observation {
	return slices.Concat(ofStatus(), ofTransport(), ofContent(), ofMeaning())
}

func ofStatus() []observation {
	return []observation{
		{upstreamtest.Latency(time.Millisecond), func(got, good seen) bool { return got.status == http.StatusOK && same(got, good) }},
		{upstreamtest.SlowDrip(time.Microsecond), func(got, good seen) bool { return same(got, good) && got.length == int64(len(good.body)) }},
		{upstreamtest.Status(http.StatusServiceUnavailable).RetryAfter(2 * time.Second), func(got, _ seen) bool {
			return got.status == http.StatusServiceUnavailable && got.header.Get("Retry-After") == "2" && hasSecret(got)
		}},
		{upstreamtest.Status(http.StatusNoContent), func(got, _ seen) bool {
			return got.err == nil && got.status == http.StatusNoContent && len(got.body) == 0
		}},
		{upstreamtest.NotFound(), func(got, _ seen) bool { return got.status == http.StatusNotFound && json.Valid(got.body) }},
		{upstreamtest.Redirect(), func(got, _ seen) bool {
			location := got.header.Get("Location")
			return got.status == http.StatusFound && strings.HasPrefix(location, "http://") && strings.Contains(location, "u-7")
		}},
	}
}

func ofTransport() []observation {
	return []observation{
		{upstreamtest.ResetBeforeHeaders(), func(got, _ seen) bool { return got.status == 0 && errors.Is(got.err, syscall.ECONNRESET) }},
		{upstreamtest.ResetMidBody(), func(got, good seen) bool { return errors.Is(got.err, syscall.ECONNRESET) && isHalf(got, good) }},
		{upstreamtest.Truncated(), func(got, good seen) bool { return errors.Is(got.err, io.ErrUnexpectedEOF) && isHalf(got, good) }},
		{upstreamtest.StaleKeepalive(), func(got, good seen) bool { return same(got, good) && got.length == int64(len(good.body)) }}, // more in stale_test.go
		{upstreamtest.Huge(), func(got, good seen) bool { return got.length == -1 && isHuge(got, good) }},
		{upstreamtest.HugeSized(), func(got, good seen) bool { return got.length >= 200<<20 && isHuge(got, good) }},
		{upstreamtest.HugeGzip(), func(got, good seen) bool { return got.length == -1 && isHuge(got, good) }},
		{upstreamtest.HeadersHuge(), func(got, _ seen) bool {
			return got.err != nil && strings.Contains(got.err.Error(), "headers exceeded")
		}},
	}
}

func ofContent() []observation {
	return []observation{
		{upstreamtest.Empty(), func(got, _ seen) bool { return isOK(got) && len(got.body) == 0 && got.length == 0 }},
		{upstreamtest.NullBody(), func(got, _ seen) bool { return isOK(got) && string(got.body) == "null" }},
		{upstreamtest.Garbage(), func(got, _ seen) bool { return isOK(got) && !json.Valid(got.body) && hasSecret(got) }},
		{upstreamtest.TrailingGarbage(), func(got, good seen) bool {
			return isOK(got) && bytes.HasPrefix(got.body, good.body) && len(got.body) > len(good.body)
		}},
		{upstreamtest.WrongContentType(), func(got, good seen) bool {
			return same(got, good) && strings.HasPrefix(got.header.Get("Content-Type"), "text/html")
		}},
	}
}

func ofMeaning() []observation {
	return []observation{
		{upstreamtest.WrongType(), func(got, good seen) bool {
			return isOK(got) && json.Valid(got.body) && !decodes(got, good) && (got.body[0] == '{' || got.body[0] == '"')
		}},
		{upstreamtest.WrongElement(), func(got, good seen) bool {
			return isOK(got) && json.Valid(got.body) && !decodes(got, good) && got.body[0] == good.body[0]
		}},
		{upstreamtest.WrongUser(), func(got, good seen) bool {
			return isOK(got) && decodes(got, good) && bytes.Contains(got.body, []byte("u-1")) && !bytes.Contains(got.body, []byte("u-7"))
		}},
		{upstreamtest.DuplicateKeys(), func(got, good seen) bool {
			return isOK(got) && decodes(got, good) && bytes.Count(got.body, []byte(`"name":`)) == 2*bytes.Count(good.body, []byte(`"name":`)) &&
				bytes.Contains(got.body, []byte(`"name":"`+upstreamtest.Secret))
		}},
		{upstreamtest.InvalidUTF8(), func(got, good seen) bool {
			return isOK(got) && utf8.Valid(good.body) && !utf8.Valid(got.body) && decodes(got, good)
		}},
		{upstreamtest.DeepNesting(), func(got, _ seen) bool {
			return isOK(got) && bytes.Count(got.body, []byte("[")) > 90_000 && bytes.Contains(got.body, []byte("Bio of u-7")) != bytes.Contains(got.body, []byte("What u-7 gets"))
		}},
		{upstreamtest.IgnoreLimit(), func(got, good seen) bool {
			return isOK(got) && (same(got, good) || good.body[0] == '[' && len(list(got)) == upstreamtest.RecommendedCount && len(list(good)) == 10)
		}},
	}
}

func TestFaultsAsAPlainClientSeesThem(t *testing.T) {
	t.Parallel()
	paths := map[upstreamtest.Service]string{
		upstreamtest.User:    "/users/u-7",
		upstreamtest.Product: "/products?user_id=u-7&limit=10",
	}
	for name, open := range networks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, row := range observations() {
				for service, path := range paths {
					t.Run(row.fault.String()+" "+string(service), func(t *testing.T) {
						t.Parallel()
						shop := open(t)
						url := shop.URL(service) + path
						good := ask(t.Context(), client(shop), url)
						shop.Fail(service, row.fault)
						got := ask(t.Context(), client(shop), url)
						if !row.is(got, good) {
							t.Errorf("saw %d %v %.300s\nerror %v\ngood %.300s", got.status, got.header, got.body, got.err, good.body)
						}
						shop.Heal(service)
						if healed := ask(t.Context(), client(shop), url); !same(healed, good) {
							t.Errorf("healed it gives %d %.300s, error %v", healed.status, healed.body, healed.err)
						}
					})
				}
			}
		})
	}
}

func TestEveryFaultIsObserved(t *testing.T) {
	t.Parallel()
	observed := map[string]bool{"hang": true, "stalled": true} // in patience_test.go
	for _, row := range observations() {
		observed[row.fault.Name()] = true
	}
	for _, name := range upstreamtest.Names() {
		if !observed[name] {
			t.Errorf("nobody looks at what %s does", name)
		}
	}
}

func TestWhoseAnswerAWrongUserIs(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	for _, test := range []struct {
		service    upstreamtest.Service
		asked, got string
	}{
		{upstreamtest.User, "/users/user_12", `{"id":"user_1"`},
		{upstreamtest.User, "/users/user_1", `{"id":"user_2"`},
		{upstreamtest.User, "/users/jo", `{"id":"stranger"`},
		{upstreamtest.User, "/users/a%2Fb7", `{"id":"a/b1"`},
		{upstreamtest.User, "/users/%C3%A97", `{"id":"é1"`},
		{upstreamtest.User, "/users/%C3%A9", `{"id":"stranger"`},
		{upstreamtest.Product, "/products/prod_200", `{"id":"prod_1"`},
		{upstreamtest.Product, "/products?ids=prod_1", `[{"id":"prod_2"`},
		{upstreamtest.Product, "/products?ids=prod_7,prod_1", `[{"id":"prod_2"`},
		{upstreamtest.Order, "/orders?user_id=user_12&limit=2", `[{"id":"user_1_order_1"`},
		{upstreamtest.Order, "/orders/user_12_order_1", `{"id":"user_12_order_2"`},
	} {
		shop.Fail(test.service, upstreamtest.WrongUser())
		got := ask(t.Context(), client(shop), shop.URL(test.service)+test.asked)
		if !isOK(got) || !strings.HasPrefix(string(got.body), test.got) {
			t.Errorf("%s gives %d %.60s, want %s", test.asked, got.status, got.body, test.got)
		}
	}
	shop.Heal()
	if got := ask(t.Context(), client(shop), shop.URL(upstreamtest.Order)+"/orders/jo_order_3"); !strings.HasPrefix(string(got.body), `{"id":"jo_order_3"`) {
		t.Errorf("healed it gives %s", got.body)
	}
}

func TestHugeSizedKeepsItsPromise(t *testing.T) {
	t.Parallel()
	shop := upstreamtest.New(t)
	shop.Fail(upstreamtest.Order, upstreamtest.HugeSized())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, shop.URL(upstreamtest.Order)+"/orders?user_id=empty", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client(shop).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if n, err := io.Copy(io.Discard, response.Body); err != nil || n != response.ContentLength {
		t.Errorf("%d bytes of %d, error %v", n, response.ContentLength, err)
	}
}

func TestRedirectFollowed(t *testing.T) {
	t.Parallel()
	for name, open := range networks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t)
			shop.Fail(upstreamtest.User, upstreamtest.Redirect())
			url := shop.URL(upstreamtest.User) + "/users/u-7"
			ask(t.Context(), client(shop), url)
			if n := shop.Redirected(); n != 0 {
				t.Errorf("a client that follows nothing was counted %d times", n)
			}
			got := ask(t.Context(), &http.Client{Transport: shop.Transport()}, url)
			if n := shop.Redirected(); n != 1 || !isOK(got) || !bytes.Contains(got.body, []byte(`"id":"u-7","name":"`+upstreamtest.Secret)) {
				t.Errorf("followed %d times, to %d %s", n, got.status, got.body)
			}
		})
	}
}

func isOK(got seen) bool {
	return got.err == nil && got.status == http.StatusOK && strings.HasPrefix(got.header.Get("Content-Type"), "application/json")
}

func same(got, good seen) bool {
	return got.err == nil && got.status == good.status && bytes.Equal(got.body, good.body)
}

func isHalf(got, good seen) bool {
	return got.status == http.StatusOK && got.length == int64(len(good.body)) && bytes.Equal(got.body, good.body[:len(good.body)/2])
}

func isHuge(got, good seen) bool {
	return isOK(got) && len(got.body) == enough && got.body[0] == good.body[0] && !slices.Equal(got.body[:20], got.body[20:40])
}

func hasSecret(got seen) bool { return bytes.Contains(got.body, []byte(upstreamtest.Secret)) }

// named is the least that an answer about anything has.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// decodes tells whether a client that wants what good is can read got.
func decodes(got, good seen) bool {
	if good.body[0] == '[' {
		return len(list(got)) > 0
	}
	return json.Unmarshal(got.body, new(named)) == nil
}

func list(got seen) []named {
	var all []named
	if json.Unmarshal(got.body, &all) != nil {
		return nil
	}
	return all
}
