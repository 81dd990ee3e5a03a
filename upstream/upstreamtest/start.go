package upstreamtest

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// TB is what [New] needs of a testing.TB. It stands here so that the package
// does not link testing into a process that uses it.
type TB interface {
	Helper()
	Cleanup(f func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// New starts the services in memory, under http://user.test,
// http://product.test and so on, until the test ends. In a
// testing/synctest bubble it must be called inside, with the bubble's own T.
func New(tb TB) *Shop {
	tb.Helper()
	shop := StartMemory()
	closeWith(tb, shop)
	return shop
}

// NewTCP starts the services on loopback ports of their own, until the
// test ends. It fails the test where there is no loopback port to be had.
func NewTCP(tb TB) *Shop {
	tb.Helper()
	shop, err := StartTCP(context.Background())
	if err != nil {
		tb.Fatalf("%v", err)
	}
	closeWith(tb, shop)
	return shop
}

func closeWith(tb TB, shop *Shop) {
	tb.Helper()
	tb.Cleanup(func() {
		if err := shop.Close(); err != nil {
			tb.Errorf("%v", err)
		}
	})
}

// StartMemory is [New] without a test: the caller must Close the shop.
func StartMemory() *Shop {
	doors := make(map[string]door, len(All())+1)
	for _, name := range hostNames() {
		listener := newMemoryListener(name + ".test:80")
		doors[name] = door{url: "http://" + name + ".test", listener: listener, dial: listener.dial}
	}
	return open(context.Background(), doors)
}

// StartTCP is [NewTCP] without a test: the caller must Close the shop. ctx
// bounds the opening of the ports alone.
func StartTCP(ctx context.Context) (*Shop, error) {
	doors := make(map[string]door, len(All())+1)
	for _, name := range hostNames() {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			for _, d := range doors {
				err = errors.Join(err, d.listener.Close())
			}
			return nil, fmt.Errorf("upstreamtest: %s service: %w", name, err)
		}
		addr := listener.Addr().String()
		doors[name] = door{url: "http://" + addr, listener: listener, dial: func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		}}
	}
	return open(context.WithoutCancel(ctx), doors), nil
}

// door is one way into the shop: where it is and how to get there.
type door struct {
	url      string
	listener net.Listener
	dial     func(ctx context.Context) (net.Conn, error)
}

// elsewhere is the host that redirects lead to.
const elsewhere = "elsewhere"

func hostNames() []string {
	return []string{string(User), string(Product), string(Order), string(Customer), elsewhere}
}
