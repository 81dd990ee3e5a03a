package strangler

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"storefront/internal/fault"
	"storefront/internal/resilience"
)

// replica is one base URL of a service, with what is known of who is there, by
// whatever route it was asked.
type replica struct {
	at     *url.URL
	health *health
}

// replicaAt is what tells replicas apart.
type replicaAt struct{ service, base string }

// replica is that of a base URL, one of a service by its number.
func (t *Transport) replica(service string, i int, text string) (*replica, error) {
	key := replicaAt{service, text}
	if known, ok := t.replicas.Load(key); ok {
		return known.(*replica), nil //nolint:forcetypeassert // It holds nothing else.
	}

	at, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || at.Host == "" {
		return nil, fault.New(fault.Unavailable, "no base URL: %q", text)
	}

	known, found := t.replicas.LoadOrStore(key, &replica{at, newHealth()})
	one := known.(*replica) //nolint:forcetypeassert // As above.

	if !found {
		one.health.tells(t.circuitOf(service, i, text))
	}

	return one, nil
}

// circuitOf returns what is to be told of a replica, as a BFF tells of its own.
func (t *Transport) circuitOf(service string, i int, base string) func(Circuit) {
	set := t.metrics.Circuit(service, i)

	return func(now Circuit) {
		set(int(now))

		level := slog.LevelInfo
		if now == resilience.Open {
			level = slog.LevelWarn
		}

		t.log.LogAttrs(context.Background(), level, "circuit", slog.String("bff", facadeName), slog.String("state", now.String()),
			slog.String("service", service), slog.Int("replica", i), slog.String("url", base))
	}
}

// attempt is a replica that is to be asked.
type attempt struct {
	*replica

	leave   permit
	entered bool // leave is one, and to be given back
}

// attempts are the replicas of a side in the order in which they are to be asked:
// the first of all whose rest is over, for which it takes a request that may be
// sent to another one too; then those that are well, in turns; then those that
// rest. A rest begins when a replica has failed again and again: was not to be
// reached, broke off or was too late. An answer is none of these, whatever its
// status.
func (t *Transport) attempts(side Side, service string, safe bool) ([]attempt, error) {
	var probe, well, rest []attempt

	var err error = fault.New(fault.Unavailable, "nobody knows where the service is: %q", service)

	bases, first := t.basesOf(side, service)
	for i := range bases {
		n := (first + i) % len(bases)

		one, wrong := t.replica(nameOf(side, service), n, bases[n])
		if wrong != nil {
			err = wrong

			continue
		}

		a := attempt{replica: one}

		switch {
		case !one.health.rests():
			well = append(well, a)
		case !safe || probe != nil:
			rest = append(rest, a)
		default:
			if a.leave, a.entered = one.health.enter(); a.entered {
				probe = append(probe, a)
			} else {
				rest = append(rest, a)
			}
		}
	}

	all := append(append(probe, well...), rest...)
	if len(all) == 0 {
		return nil, err
	}

	return all, nil
}

// send sends a request to a replica of a side, and while there is no answer to
// the next one, for as long as is left; one that changes something to one alone.
// Each but the last has half of the time that is left then.
func (t *Transport) send(r *http.Request, ask Ask, service string, left time.Duration, safe bool) (from *url.URL, response *http.Response, err error) {
	const both = 2

	all, err := t.attempts(ask.Side, service, safe) //nolint:contextcheck // How a replica stands is no request's.
	if err != nil {
		return nil, nil, err
	}

	if !safe {
		all = all[:1]
	}

	end := time.Now().Add(left)

	for i := range all {
		var share time.Duration

		out := *r
		if i+1 < len(all) {
			share = max(time.Millisecond, time.Until(end)/both)
			out.Header = r.Header.Clone()
			describe(out.Header, "", share)
		}

		response, err = t.try(&out, &all[i], ask.Target, share)

		if err == nil || r.Context().Err() != nil {
			return all[i].at, response, err
		}
	}

	return nil, nil, err
}

// try asks one replica; share is how long it may take until an answer begins, 0
// for as long as the request may.
func (t *Transport) try(r *http.Request, a *attempt, target string, share time.Duration) (response *http.Response, err error) {
	how := broke // also by a panic, which goes on

	if !a.entered {
		a.leave, a.entered = a.health.enter()
	}

	defer func() {
		if a.entered {
			a.health.leave(a.leave, how)
		}
	}()

	if r.URL, err = behind(a.at, target); err != nil {
		how = gone

		return nil, fault.Wrap(fault.Unavailable, err)
	}

	if body, is := r.Body.(*upload); is {
		body.sent = true
	}

	if share == 0 {
		response, err = t.under.RoundTrip(r)
	} else {
		response, err = t.hurry(r, share)
	}

	how = endingOf(r, err)

	return response, err
}

// hurry sends a request whose answer has to begin within share. Its body may take
// as long as it likes.
func (t *Transport) hurry(r *http.Request, share time.Duration) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context()) // It ends with that one.
	late := time.AfterFunc(share, func() { cancel(context.DeadlineExceeded) })

	response, err := t.under.RoundTrip(r.WithContext(ctx))

	if !late.Stop() && err == nil {
		_ = response.Body.Close() // It is of no use.
		err = context.DeadlineExceeded
	}

	if err != nil {
		cancel(nil)

		return nil, fault.Wrap(kindOf(ctx, err), err)
	}

	return response, nil
}

// endingOf is what a request says about the replica that it was sent to.
func endingOf(r *http.Request, err error) ending {
	if err == nil {
		return worked
	}

	if body, is := r.Body.(*upload); is && body.broken() != nil {
		return gone
	}

	if cause := context.Cause(r.Context()); cause != nil && fault.KindOf(cause) != fault.Timeout {
		return gone
	}

	return broke
}
