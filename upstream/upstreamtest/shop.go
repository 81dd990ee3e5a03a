package upstreamtest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Shop is all services, running. Its methods may be called from any
// goroutine. Methods that take a Service panic on one that does not exist.
type Shop struct {
	doors   map[string]door
	gates   map[Service]*Gate
	trap    *trap
	bell    *bell
	servers *servers
}

// open lets the services in through their doors; ctx is the parent of every
// request's context.
func open(ctx context.Context, doors map[string]door) *Shop {
	s := &Shop{
		doors:   doors,
		gates:   make(map[Service]*Gate, len(All())),
		trap:    &trap{next: dataHandler(All()...)},
		bell:    newBell(),
		servers: newServers(ctx),
	}
	for _, service := range All() {
		gate := NewGate(dataHandler(service), doors[elsewhere].url)
		gate.records.bell = s.bell
		s.gates[service] = gate
		s.servers.start(doors[string(service)].listener, gate)
	}
	s.servers.start(doors[elsewhere].listener, s.trap)
	return s
}

// Close stops the services. It ends every request, answered or not, and returns
// when no connection and no goroutine is left. The error tells of a service that
// had stopped before.
func (s *Shop) Close() error {
	return s.servers.stop()
}

// URL gives a service's base URL without a slash at the end: "http://user.test"
// in memory, "http://127.0.0.1:41234" over TCP.
func (s *Shop) URL(service Service) string {
	s.Gate(service)
	return s.doors[string(service)].url
}

// Env gives the base URLs as the settings of a BFF process:
// "USER_SERVICE_URL=http://127.0.0.1:41234" and so on. They are of use outside
// this process over TCP only.
func (s *Shop) Env() []string {
	env := make([]string, 0, len(All()))
	for _, service := range Services() {
		env = append(env, strings.ToUpper(string(service))+"_SERVICE_URL="+s.URL(service))
	}
	return append(env, "LEGACY_CUSTOMER_URL="+s.URL(Customer))
}

// DialContext connects to a host of the shop ("user.test:80"), and to nothing
// else: any other address is refused, as a dead service's would be. It fits
// http.Transport.DialContext.
func (s *Shop) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	for _, door := range s.doors {
		if door.url == "http://"+strings.TrimSuffix(addr, ":80") {
			return door.dial(ctx)
		}
	}
	return nil, refused(memoryAddr(addr))
}

// Transport makes a new http.Transport that reaches the shop and nothing else,
// whichever way the shop listens. Its other settings are the caller's to change.
func (s *Shop) Transport() *http.Transport {
	return &http.Transport{DialContext: s.DialContext}
}

// Gate gives what stands before a service: its faults and its records.
func (s *Shop) Gate(service Service) *Gate {
	gate, ok := s.gates[service]
	if !ok {
		panic(fmt.Sprintf("upstreamtest: unknown service %q, allowed are %v", service, All()))
	}
	return gate
}

// Fail makes a service faulty from its next request on; see [Gate.Fail].
func (s *Shop) Fail(service Service, faults ...Fault) { s.Gate(service).Fail(faults...) }

// Heal ends the faults of the services named, or of all where none is named.
// Requests that a fault has got hold of stay in its hold.
func (s *Shop) Heal(services ...Service) {
	if len(services) == 0 {
		services = All()
	}
	for _, service := range services {
		s.Gate(service).Heal()
	}
}

// Set makes a service answer with a body of the test's own; see [Gate.Set].
func (s *Shop) Set(service Service, pattern, body string) { s.Gate(service).Set(pattern, body) }

// Say gives a service's good answers more headers; see [Gate.Say].
func (s *Shop) Say(service Service, pattern string, headers ...string) {
	s.Gate(service).Say(pattern, headers...)
}

// Calls is the number of requests that a service has got so far.
func (s *Shop) Calls(service Service) int { return s.Gate(service).Calls() }

// InFlight is the number of requests that a service is working on now.
func (s *Shop) InFlight(service Service) int { return s.Gate(service).InFlight() }

// MaxInFlight is the most requests that a service has had at one time.
func (s *Shop) MaxInFlight(service Service) int { return s.Gate(service).MaxInFlight() }

// Requests gives what a service was asked, oldest first; see [Gate.Requests].
func (s *Shop) Requests(service Service) []Request { return s.Gate(service).Requests() }

// Redirected is the number of requests that followed a [Redirect]. A client that
// refuses redirects leaves it at 0.
func (s *Shop) Redirected() int { return int(s.trap.calls.Load()) }

// Until waits until cond holds, and asks it again whenever a request comes to a
// service or is over. It returns the error of ctx if that ends first. It is for
// tests over TCP; in a synctest bubble synctest.Wait does.
func (s *Shop) Until(ctx context.Context, cond func() bool) error {
	for {
		rung := s.bell.next()
		if cond() {
			return nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return fmt.Errorf("upstreamtest: waiting: %w", ctx.Err())
		}
	}
}
