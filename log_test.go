package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"storefront/upstream/upstreamtest"
)

// Each request is one line of JSON that says all of it, and names no user.
func TestOneWideEventForEachRequest(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)
	shop.Fail(upstreamtest.User, upstreamtest.Status(http.StatusInternalServerError))

	p := startOver(t, shop, nil)
	asked := map[string]request{
		"one-request":   {Server: "mobile", Path: "/api/dashboard/u-secret?token=u-secret"},
		"two-request":   {Server: "web", GraphQL: &operation{Query: `{dashboard(userId:"u-secret"){user{name} recentOrders{id}}}`}},
		"three-request": {Server: "tv", Path: "/api/browse/u%20secret"},
	}

	for id, r := range asked {
		r.Headers = map[string]string{"X-Request-Id": id, "Authorization": "Bearer u-secret"}
		p.ask(t, r)
	}

	p.cancel()
	<-p.done

	want := map[string]string{
		"one-request":   `{"bff":"mobile","method":"GET","route":"/api/dashboard/:user_id","status":200,"upstream_calls":3,"degraded":["user omitted unavailable"]}`,
		"two-request":   `{"bff":"web","method":"POST","route":"/graphql","status":200,"upstream_calls":2,"degraded":["Dashboard.user omitted unavailable"]}`,
		"three-request": `{"bff":"tv","method":"GET","route":"/api/browse/:user_id","status":400,"upstream_calls":0}`,
	}

	for id := range asked {
		events := p.events(t, id)
		if len(events) != 1 {
			t.Errorf("%s has %d lines: %v", id, len(events), events)

			continue
		}

		checkEvent(t, want[id], events[0])
	}

	if strings.Contains(p.stderr.String(), "u-secret") || strings.Contains(p.stderr.String(), "u%20secret") {
		t.Errorf("a user is named in the log:\n%s", p.stderr.String())
	}
}

// events are the lines of the log about one request.
func (p *process) events(t *testing.T, requestID string) []map[string]any {
	t.Helper()

	var events []map[string]any

	for line := range strings.Lines(p.stderr.String()) {
		var event map[string]any
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%q: %v", line, err)
		}

		if event["request_id"] == requestID {
			events = append(events, event)
		}
	}

	return events
}

func checkEvent(t *testing.T, want string, event map[string]any) {
	t.Helper()

	for _, name := range []string{"time", "level", "msg", "bytes", "duration_ms", "trace_id"} {
		if event[name] == nil || event[name] == "" {
			t.Errorf("no %s in %v", name, event)
		}

		delete(event, name)
	}

	for _, name := range []string{"request_id", "upstream", "upstream_errors"} {
		delete(event, name)
	}

	got, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}

	checkBody(t, []byte(want), got)
}

func TestLogLevelAndFormat(t *testing.T) {
	t.Parallel()

	shop := upstreamtest.NewTCP(t)

	quiet := startOver(t, shop, settings{"LOG_LEVEL": "error"})
	quiet.get(t, "tv", "/api/browse/user_1")
	quiet.cancel()
	<-quiet.done

	if log := quiet.stderr.String(); log != "" {
		t.Errorf("LOG_LEVEL=error logs %s", log)
	}

	text := startOver(t, shop, settings{"LOG_FORMAT": "text"})
	text.get(t, "tv", "/api/browse/user_1", "X-Request-Id", "mine")
	text.cancel()
	<-text.done

	if log := text.stderr.String(); !strings.Contains(log, "bff=tv") || !strings.Contains(log, "request_id=mine") || strings.Contains(log, "{") {
		t.Errorf("LOG_FORMAT=text logs %s", log)
	}
}
