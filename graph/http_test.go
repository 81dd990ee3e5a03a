package graph_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"storefront/upstream/upstreamtest"
)

const graphql = "application/graphql-response+json"

// TestStatus: which status a request gets, with the older and the newer media
// type, as the GraphQL-over-HTTP specification says.
func TestStatus(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		body        string
		json, newer int
	}{
		"good":                     {`{"query":"{user(id:\"a\"){name}}"}`, 200, 200},
		"good with a dead section": {`{"query":"{product(id:\"prod_1\"){name}}"}`, 200, 200},
		"extra members":            {`{"query":"{__typename}","other":1}`, 200, 200},
		"null variables":           {`{"query":"{__typename}","variables":null,"operationName":null}`, 200, 200},
		"syntax error":             {`{"query":"{"}`, 200, 400},
		"unknown field":            {`{"query":"{nothing}"}`, 200, 400},
		"no such operation":        {`{"query":"query A{__typename}","operationName":"B"}`, 200, 400},
		"missing variable":         {`{"query":"query($id:ID!){user(id:$id){name}}"}`, 200, 400},
		"variable of another type": {`{"query":"query($id:ID!){user(id:$id){name}}","variables":{"id":{}}}`, 200, 400},
		"first too small":          {`{"query":"{dashboard(userId:\"a\"){recentOrders(first:0){id}}}"}`, 200, 400},
		"first too large":          {`{"query":"{user(id:\"a\"){recommendedProducts(first:51){id}}}"}`, 200, 400},
		"first in a variable":      {`{"query":"query($n:Int!){user(id:\"a\"){orders(first:$n){id}}}","variables":{"n":-1}}`, 200, 400},
		"id with a path":           {`{"query":"{user(id:\"../x\"){name}}"}`, 200, 400},
		"id with a list":           {`{"query":"{product(id:\"a,b\"){name}}"}`, 200, 400},
		"too many calls":           {`{"query":"{` + aliases(33) + `}"}`, 200, 400},
		"too complex":              {`{"query":"{` + lists(110) + `}"}`, 200, 400},
		"too long a document":      {`{"query":"{` + strings.Repeat("__typename ", 5000) + `}"}`, 200, 400},
		"a mutation":               {`{"query":"mutation{x}"}`, 200, 400},
		"not JSON":                 {`{`, 400, 400},
		"two values":               {`{"query":"{__typename}"}{}`, 400, 400},
		"a batch":                  {`[{"query":"{__typename}"}]`, 400, 400},
		"no query":                 {`{}`, 400, 400},
		"query of another type":    {`{"query":1}`, 400, 400},
		"variables as a list":      {`{"query":"{__typename}","variables":[]}`, 400, 400},
		"empty":                    {``, 400, 400},
		"too large":                {`{"query":"` + strings.Repeat(" ", 110<<10) + `{__typename}"}`, 413, 413},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shop := upstreamtest.New(t)
				shop.Fail(upstreamtest.Product, upstreamtest.Garbage())
				bff := handler(t, shop)

				for media, want := range map[string]int{"application/json": test.json, graphql: test.newer} {
					got := post(t, bff, test.body, "Accept", media)
					if got.Code != want {
						t.Errorf("%s: status %d, want %d: %.300s", media, got.Code, want, got.Body)
					}

					if got := got.Header().Get("Content-Type"); got != media+"; charset=utf-8" {
						t.Errorf("%s: Content-Type %s", media, got)
					}

					checkErrors(t, got)
				}
			})
		})
	}
}

// checkErrors: an answer that is no success has errors with codes of the
// contract, and no data unless it was executed.
func checkErrors(t *testing.T, got *httptest.ResponseRecorder) {
	t.Helper()

	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, got.Body)
	}

	if answer.Data == nil && len(answer.Errors) == 0 {
		t.Errorf("neither data nor errors: %s", got.Body)
	}

	for _, e := range answer.Errors {
		want := "UPSTREAM_INVALID_RESPONSE"
		if answer.Data == nil {
			want = "BAD_USER_INPUT"
		}

		if e.Extensions.Code != want || e.Message == "" {
			t.Errorf("error %+v, want code %s", e, want)
		}
	}
}

func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		id := strings.Repeat("x", i+1)
		b.WriteString(id + `:user(id:\"` + id + `\"){name} `)
	}

	return b.String()
}

func lists(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("y", i+1) + `:dashboard(userId:\"a\"){recommendedProducts(first:50){name price image description}} `)
	}

	return b.String()
}

// TestMethodsAndMediaTypes: GET is for queries alone, POST for JSON alone.
func TestMethodsAndMediaTypes(t *testing.T) {
	t.Parallel()

	get := func(pairs ...string) string {
		query := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			query.Set(pairs[i], pairs[i+1])
		}

		return "/graphql?" + query.Encode()
	}

	tests := map[string]struct {
		method, target, contentType string
		want                        int
		contains                    string
	}{
		"query by GET":             {http.MethodGet, get("query", `{user(id:"a"){id}}`), "", 200, `"id":"a"`},
		"with variables":           {http.MethodGet, get("query", `query Q($i:ID!){user(id:$i){id}}`, "variables", `{"i":"b"}`, "operationName", "Q"), "", 200, `"id":"b"`},
		"broken variables":         {http.MethodGet, get("query", `{__typename}`, "variables", `[1]`), "", 400, "variables must be a JSON object"},
		"mutation by GET":          {http.MethodGet, get("query", `mutation{x}`), "", 405, "GET is for queries alone"},
		"chosen mutation by GET":   {http.MethodGet, get("query", `query A{__typename} mutation B{x}`, "operationName", "B"), "", 405, "GET is for queries alone"},
		"no query":                 {http.MethodGet, "/graphql", "", 400, "query is missing"},
		"HEAD":                     {http.MethodHead, get("query", `{__typename}`), "", 200, ""},
		"PUT":                      {http.MethodPut, "/graphql", "application/json", 405, "not for this method"},
		"form":                     {http.MethodPost, "/graphql", "application/x-www-form-urlencoded", 415, "Content-Type"},
		"text, as a form may send": {http.MethodPost, "/graphql", "text/plain", 415, "Content-Type"},
		"no type":                  {http.MethodPost, "/graphql", "", 415, "Content-Type"},
		"another charset":          {http.MethodPost, "/graphql", "application/json; charset=latin1", 415, "charset"},
		"utf-8":                    {http.MethodPost, "/graphql", `application/json; charset="UTF-8"`, 200, `"__typename":"Query"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := httptest.NewRequestWithContext(t.Context(), test.method, test.target, strings.NewReader(`{"query":"{__typename}"}`))
				r.Header.Set("Content-Type", test.contentType)

				got := httptest.NewRecorder()
				handler(t, upstreamtest.New(t)).ServeHTTP(got, r)

				if got.Code != test.want || !strings.Contains(got.Body.String(), test.contains) {
					t.Errorf("status %d, want %d, with %q: %s", got.Code, test.want, test.contains, got.Body)
				}

				if got.Code == http.StatusMethodNotAllowed && got.Header().Get("Allow") == "" {
					t.Error("405 without Allow")
				}
			})
		})
	}
}

// FuzzRequest: whatever is posted, the answer is JSON with data or errors, and
// nothing of the services' secrets is in it.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{dashboard(userId:\"a\"){user{name orders{items{product{name}}}} recommendedProducts{price}}}"}`,
		`{"query":"query($n:Int!=3,$i:ID!){a:user(id:$i){orders(first:$n){id ...@include(if:true){total}}}}","variables":{"i":7}}`,
		`{"query":"{order(id:\"missing\"){id} product(id:\"prod_3\"){specs{name value}} __schema{types{name}}}"}`,
		`{"query":"fragment f on Query{...f} {...f}"}`, `{"query":"{user(id:1){name}}","variables":{"":null}}`, `[]`, ``, `{"query":"\u0000"}`,
	} {
		f.Add(seed)
	}

	shop := upstreamtest.New(f)
	shop.Fail(upstreamtest.Order, upstreamtest.Truncated().On("/orders?user_id=a"))

	bff := handler(f, shop)

	f.Fuzz(func(t *testing.T, body string) {
		got := post(t, bff, body)
		if !json.Valid(got.Body.Bytes()) || got.Code >= http.StatusInternalServerError {
			t.Errorf("status %d: %s", got.Code, got.Body)
		}

		if strings.Contains(got.Body.String(), upstreamtest.Secret) && !strings.Contains(body, upstreamtest.Secret) {
			t.Errorf("a secret of a service is in the answer: %s", got.Body)
		}
	})
}
