package rest_test

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"storefront/internal/fanout"
	"storefront/internal/fault"
	"storefront/internal/fresh"
)

// TestAnswersAreAsDescribed holds an answer of each kind against the schema
// that the document has for it.
func TestAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()

	d := openAPI(t)
	stale := fanout.Standing{Section: "owner", Status: fresh.Status{State: fresh.Stale, Reason: fault.Timeout, Age: time.Minute}}
	omitted := fanout.Standing{Section: "books", Status: fresh.Status{State: fresh.Omitted, Reason: fault.Overload}}

	tests := map[string]struct {
		path   string
		screen compose
		status int
	}{
		"whole": {"/api/shelf/user_1", whole, 200},
		"empty": {"/api/shelf/user_1", func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
			return shelfView{Owner: &ownerView{}, Books: []bookView{}}, nil, nil
		}, 200},
		"degraded": {"/api/shelf/user_1", func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
			return shelfView{Owner: &ownerView{Name: "Ann"}}, fanout.Report{stale, omitted}, nil
		}, 200},
		"bare": {"/api/shelf/user_1", func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
			return shelfView{}, fanout.Report{omitted}, nil
		}, 200},
		"bad input": {"/api/shelf/-", whole, 400},
		"not found": {"/api/shelf/user_1", func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
			return shelfView{}, nil, fault.New(fault.NotFound, "404")
		}, 404},
		"nothing to show": {"/api/shelf/user_1", func(context.Context, shelfInput) (shelfView, fanout.Report, error) {
			return shelfView{}, nil, fault.New(fault.Unavailable, "503")
		}, 503},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			answer := get(t, newAPI(test.screen), test.path)
			if answer.StatusCode != test.status {
				t.Errorf("got %d, want %d", answer.StatusCode, test.status)
			}

			content := d.at("/paths/~1api~1shelf~1{user_id}/get/responses/" + strconv.Itoa(answer.StatusCode) + "/content")
			media, _ := content.(map[string]any)[answer.Header.Get("Content-Type")].(map[string]any)

			var value any
			if err := json.Unmarshal([]byte(body(t, answer)), &value); err != nil {
				t.Error(err)
			}

			for _, wrong := range d.check(media["schema"], value, "") {
				t.Error(wrong)
			}
		})
	}
}

// TestTheCheckFindsMistakes, for a check that finds none proves nothing.
func TestTheCheckFindsMistakes(t *testing.T) {
	t.Parallel()

	d := openAPI(t)
	schema := map[string]any{"$ref": "#/components/schemas/Shelf"}

	for _, text := range []string{
		`null`, `[]`, `{}`, `{"owner":null}`, `{"owner":7,"books":[]}`, `{"owner":{"name":"Ann"},"books":[]}`,
		`{"owner":null,"books":[{"id":true,"price":1,"stars":null,"facts":null}]}`,
		`{"owner":null,"books":[{"id":1.5,"price":1,"stars":null,"facts":null}]}`,
		`{"owner":null,"books":[{"id":"b","price":"1","stars":null,"facts":null}]}`,
		`{"owner":null,"books":[{"id":"b","price":1,"stars":null,"facts":{"a":1}}]}`,
		`{"owner":null,"books":null,"degraded":null}`,
		`{"owner":null,"books":null,"degraded":[{"section":"a","state":"fresh","reason":"timeout"}]}`,
		`{"owner":null,"books":null,"degraded":[{"section":"a","state":"stale","reason":"not_found"}]}`,
		`{"owner":null,"books":[null,null,null,null]}`,
	} {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}

		if wrong := d.check(schema, value, ""); len(wrong) == 0 {
			t.Errorf("passes: %s", text)
		}
	}
}
