package upstreamtest_test

import (
	"context"
	"fmt"
	"time"

	"storefront/upstream/upstreamtest"
)

func Example() {
	shop := upstreamtest.StartMemory() // in a test: upstreamtest.New(t)
	defer func() { _ = shop.Close() }()
	plain := client(shop)
	url := shop.URL(upstreamtest.User) + "/users/user_1"

	shop.Fail(upstreamtest.User, upstreamtest.Status(503).RetryAfter(time.Second).First(1))
	for range 2 {
		got := ask(context.Background(), plain, url)
		fmt.Printf("%d %q\n", got.status, got.header.Get("Retry-After"))
	}
	shop.Set(upstreamtest.User, "/users/user_1", `{"id":"user_1","name":"John Doe"}`)
	fmt.Printf("%s\n", ask(context.Background(), plain, url).body)
	fmt.Println(shop.Calls(upstreamtest.User), shop.Requests(upstreamtest.User)[0].Fault)
	// Output:
	// 503 "1"
	// 200 ""
	// {"id":"user_1","name":"John Doe"}
	// 3 status:503 first:1 retry-after:1s
}
