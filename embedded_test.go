package main

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"storefront/graph/playground"
)

// Every example of the playground succeeds as it stands.
func TestPlaygroundExamples(t *testing.T) {
	t.Parallel()

	p := shared.get(t)

	for _, example := range playground.Examples() {
		t.Run(example.Name, func(t *testing.T) {
			t.Parallel()

			run := &operation{Query: example.Query, OperationName: example.Name}
			if example.Variables != "" {
				if err := json.Unmarshal([]byte(example.Variables), &run.Variables); err != nil {
					t.Fatal(err)
				}
			}

			got := p.ask(t, request{Server: "web", GraphQL: run})

			var body map[string]json.RawMessage
			if err := json.Unmarshal(got.body, &body); err != nil {
				t.Fatal(err)
			}

			if got.status != http.StatusOK || len(body) != 1 || strings.Contains(string(body["data"]), "null") {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}

// A page that shows pictures shows them: each picture of an embedded page is
// there, the large ones of the TV too.
func TestPicturesAreThere(t *testing.T) {
	t.Parallel()

	p := shared.get(t)
	picture := regexp.MustCompile(`"(?:image|image_hd|profile_picture)":"([^"]+)"`)

	for server, path := range map[string]string{"mobile": "/api/dashboard/user_1", "tv": "/api/browse/user_1"} {
		found := picture.FindAllStringSubmatch(string(p.get(t, server, path).body), -1)
		if len(found) == 0 {
			t.Errorf("%s shows no pictures", server)
		}

		for _, match := range found {
			got := p.fetch(t, match[1])
			if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "image/") || len(got.body) == 0 {
				t.Errorf("%s: %d %s", match[1], got.status, got.header.Get("Content-Type"))
			}
		}
	}
}

// fetch gets any URL.
func (p *process) fetch(t *testing.T, url string) answer {
	t.Helper()

	elsewhere := &process{urls: map[string]string{"": url}, client: p.client}

	got, err := elsewhere.try(context.WithoutCancel(t.Context()), request{})
	if err != nil {
		t.Fatal(err)
	}

	return got
}
