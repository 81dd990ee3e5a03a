package target

// Posts is the program of the posts workloads on our own pipe, where it is.
func Posts() Program {
	return Program{
		Name: "posts", Package: "storefront/bench/posts", Listens: []string{"posts", "ops"},
		Env:   []string{"POSTS_ADDR=127.0.0.1:0", "OPS_ADDR=127.0.0.1:0", "DRAIN_GRACE=0"},
		needs: map[string]string{"posts": postsURL},
	}
}

// PlainBFF is the BFF that anybody would write by hand.
func PlainBFF() Program {
	return Program{
		Name: "plain Go", Package: "storefront/bench/peer/plainbff", Listens: []string{"mobile", "tv", "web"}, needs: shop(),
	}
}

// PlainGqlgen is the BFF that anybody would make with gqlgen.
func PlainGqlgen() Program {
	return Program{
		Name: "plain gqlgen", Package: ".", Module: "bench/peer/plaingqlgen", Listens: []string{"web", "posts"}, needs: everything(),
	}
}

// Fixed answers with the files NAME.json of a folder.
func Fixed(names []string) Program {
	return Program{Name: "net/http fixed", Package: "storefront/bench/peer/fixed", Listens: names}
}

// FanOut calls the services and answers with the files of a folder.
func FanOut() Program {
	return Program{Name: "net/http fan-out", Package: "storefront/bench/peer/fanout", Listens: []string{"mobile", "tv", "web"}, needs: shop()}
}

// FastFixed is [Fixed] on fasthttp.
func FastFixed(names []string) Program {
	return Program{
		Name: "fasthttp fixed", Package: ".", Module: "bench/peer/fasthttp", Listens: names, Env: []string{"MODE=fixed"},
	}
}

// FastFanOut is [FanOut] on fasthttp.
func FastFanOut() Program {
	return Program{
		Name: "fasthttp fan-out", Package: ".", Module: "bench/peer/fasthttp", Listens: []string{"mobile", "tv", "web"}, needs: shop(),
		Env: []string{"MODE=fanout"},
	}
}

// everything are all services.
func everything() map[string]string {
	return map[string]string{"user": userURL, "product": productURL, "order": orderURL, "posts": postsURL}
}
