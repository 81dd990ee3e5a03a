package resilience_test

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/need"
	"storefront/internal/resilience"
	"storefront/upstream/upstreamtest"
)

// wanting returns the context of a section that the page needs so much.
func wanting(t *testing.T, n need.Need) context.Context {
	t.Helper()

	return need.With(t.Context(), n.Of(t.Context()))
}

// warm has a service asked so often, for users of their own, in so long a time.
func warm(t *testing.T, s *resilience.Service, calls int, within time.Duration) {
	t.Helper()

	for i := range calls {
		id := "warm_" + strconv.Itoa(i)
		if got := get(t.Context(), s, id); got.err != nil {
			t.Fatalf("warming up: %v", got.err)
		}

		time.Sleep(within / time.Duration(calls))
	}
}

// replicas are several user services behind one name.
type replicas struct {
	*kit

	shops   []*upstreamtest.Shop
	gone    [8]atomic.Bool // whether nothing listens where it was
	service *resilience.Service
}

func newReplicas(t *testing.T, n int) *replicas {
	t.Helper()

	r := &replicas{kit: newKit(t)}
	hosts := make([]string, n)

	for i := range hosts {
		r.shops = append(r.shops, upstreamtest.New(t))
		hosts[i] = fmt.Sprintf("http://%d.test", i)
	}

	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := strings.Cut(addr, ".")
		i, _ := strconv.Atoi(host)

		if r.gone[i].Load() {
			network, addr = "tcp", "nobody.test:80"
		} else {
			addr = "user.test:80"
		}

		return r.shops[i].DialContext(ctx, network, addr)
	}

	transport := resilience.NewTransport()
	transport.DialContext = dial
	r.options.Transport, r.options.Dial = transport, dial
	r.service = resilience.NewService("user", strings.Join(hosts, ","), r.metrics.Upstream("test", "user"), r.options)

	return r
}

func (r *replicas) fail(i int, faults ...upstreamtest.Fault) {
	r.shops[i].Fail(upstreamtest.User, faults...)
}

// calls are how often each replica was asked since the last time.
func (r *replicas) calls() []int {
	calls := make([]int, len(r.shops))
	for i, shop := range r.shops {
		calls[i] = shop.Calls(upstreamtest.User)
	}

	return calls
}

func sum(counts []int) (all int) {
	for _, n := range counts {
		all += n
	}

	return all
}

// getBad asks for one user in a way that faults can be meant for, see [bad].
func getBad(ctx context.Context, s *resilience.Service, id string) answer {
	return getWith(ctx, s, resilience.Request{Path: "/users/" + id, Query: "bad=1", Names: true}, nameOf(id))
}

// bad has a fault meet what is asked by getBad alone.
func bad(f upstreamtest.Fault) upstreamtest.Fault { return f.On("/?bad") }
