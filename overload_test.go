package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"storefront/upstream/upstreamtest"
)

// TestOverload: what is refused says so in the wire of its path, what costs
// nothing is served, and so are the operators.
func TestOverload(t *testing.T) {
	t.Parallel()

	const many = 400 // More than there are places before anything is known.

	shop := upstreamtest.NewTCP(t)
	p := startOver(t, shop, settings{"STALE_IF_ERROR": "0"})

	for _, service := range upstreamtest.Services() {
		shop.Fail(service, upstreamtest.Hang())
	}

	for server, path := range map[string]string{
		"mobile": "/api/dashboard/user_%d", "tv": "/api/browse/user_%d", "web": "/graphql?query={user(id:\"%d\"){name}}",
	} {
		ctx, leave := context.WithCancel(t.Context())
		refused := make(chan answer, many)

		var all sync.WaitGroup

		for n := range many {
			all.Go(func() {
				got, err := p.try(ctx, request{Server: server, Path: fmt.Sprintf(path, n), Headers: map[string]string{"Sec-Purpose": "prefetch"}})
				if err == nil {
					refused <- got
				}
			})
		}

		got := <-refused // The others hang.
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || got.header.Get("Cache-Control") != "no-store" && server != "web" {
			t.Errorf("%s: %d %v", server, got.status, got.header)
		}

		if isGraphQL := server == "web"; isGraphQL && !strings.Contains(string(got.body), `"extensions":{"code":"OVERLOADED"}`) ||
			!isGraphQL && (!got.isProblem() || !strings.Contains(string(got.body), "urn:storefront:problem:overloaded")) {
			t.Errorf("%s: %s", server, got.body)
		}

		for _, path := range []string{"/docs", "/openapi.json"} {
			if got := p.get(t, server, path); got.status != http.StatusOK {
				t.Errorf("%s%s: %d", server, path, got.status)
			}
		}

		if got := string(p.get(t, "ops", "/metrics").body); strings.Contains(got, `bff_shed_total{bff="`+server+`",what="prefetch"} 0`) {
			t.Errorf("%s: it is not counted", server)
		}

		leave()
		all.Wait()
	}
}

// TestClientRate: beyond it there is 429, in the wire of the path.
func TestClientRate(t *testing.T) {
	t.Parallel()

	p := startOver(t, upstreamtest.NewTCP(t), settings{"CLIENT_RATE": "1", "CLIENT_BURST": "2"})

	for server, path := range map[string]string{
		"mobile": "/api/dashboard/user_1", "tv": "/api/browse/user_1", "web": "/graphql?query={__typename}",
	} {
		got := p.get(t, server, path, "Authorization", "Bearer "+server)
		if got.status != http.StatusOK || got.header.Get("Ratelimit-Policy") != `"client";q=2;w=2` || got.header.Get("Ratelimit") != `"client";r=1;t=1` {
			t.Errorf("%s: %d %v", server, got.status, got.header)
		}

		for range 50 { // A second may pass meanwhile.
			got = p.get(t, server, path, "Authorization", "Bearer "+server)
			if got.status != http.StatusOK {
				break
			}
		}

		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" || !strings.HasPrefix(got.header.Get("Ratelimit"), `"client";r=0;t=`) {
			t.Errorf("%s: %d %v", server, got.status, got.header)
		}

		if isGraphQL := server == "web"; isGraphQL && !strings.Contains(string(got.body), `"extensions":{"code":"OVERLOADED"}`) || !isGraphQL && !got.isProblem() {
			t.Errorf("%s: %s", server, got.body)
		}

		if got := p.get(t, server, path, "Authorization", "Bearer another "+server); got.status != http.StatusOK {
			t.Errorf("%s: another client got %d", server, got.status)
		}
	}

	if got := p.get(t, "ops", "/livez"); got.status != http.StatusOK || got.header.Get("Ratelimit") != "" {
		t.Errorf("operators are limited: %d %v", got.status, got.header)
	}
}
