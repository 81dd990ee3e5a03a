// Package upstreamtest is a fake user, product and order service: real HTTP,
// in memory or on loopback, with faults on demand.
//
//	shop := upstreamtest.New(t)                          // net.Pipe; fit for testing/synctest
//	client := &http.Client{Transport: shop.Transport()}  // dials http://user.test and its two sisters
//	shop.Fail(upstreamtest.Product, upstreamtest.Hang())
//	...
//	shop.Heal(upstreamtest.Product)
//
// [New] listens in memory, so that a test inside a testing/synctest bubble has
// virtual time (a real socket would block it); call it inside the bubble.
// [NewTCP] listens on loopback ports, for tests of whole processes. Both stop
// with the test, and leave no connection and no goroutine behind. [StartMemory]
// and [StartTCP] are the same without a test, for tools.
//
// Every string of the data names whom it belongs to, so that an answer which
// holds a stranger's data shows it; see [RecommendedCount] and its neighbours
// for the sizes. Everything a client must not be shown holds [Secret].
//
// The package knows the wire format of the contract and nothing of our side of
// it: no client, no cache, no BFF. It does not import testing, so that a running
// process may use it as well.
package upstreamtest
