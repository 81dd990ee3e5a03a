package gql

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScan: what nearly all clients send is read without encoding/json.
func TestScan(t *testing.T) {
	t.Parallel()

	for body, want := range map[string]bool{
		`{"query":"{a}"}`: true,
		`{"operationName" : null , "variables": {} ,"query":"{\n\ta(b:\"c\")\r\/\\}" }`:                     true,
		`{"query":"q","variables":{"a":"é","b":-12,"c":null,"d":true,"e":false,"f":0},"operationName":"O"}`: true,
		`{"query":"q","variables":null}`:        true,
		`{"query":"\u0041"}`:                    false,
		`{"Query":"q"}`:                         false,
		`{"query":"q","query":"r"}`:             false,
		`{"query":null}`:                        false,
		`{"query":"q","extensions":{}}`:         false,
		`{"query":"q","variables":{"a":1.5}}`:   false,
		`{"query":"q","variables":{"a":{}}}`:    false,
		`{"query":"q","variables":{"a":012}}`:   false,
		`{"query":"q","variables":[]}`:          false,
		`{"query":"q"}{}`:                       false,
		`{"query":"q",}`:                        false,
		`{"query":"q"`:                          false,
		"{\"query\":\"\xff\"}":                  false,
		"{\"query\":\"\n\"}":                    false,
		`{"query":"q","variables":{"a":true1}}`: false,
		``:                                      false,
	} {
		if _, got := scan([]byte(body)); got != want {
			t.Errorf("%s: %t", body, got)
		}
	}
}

// FuzzScan wants whatever is read the short way to be read the long way too, and
// as the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{a}","variables":{"a":"b\n","c":1,"c":null},"operationName":"x"}`, `{"query":"\b\f\u0000"}`, `{"query":"` + "\x7f\u2028" + `"}`, `{"variables":{"":-0}}`,
		`{"variables":{"a":1e5}}`, `{ "query" :"q" } `, `{"query":"\`, `{"operationName":"a","operationName":"b"}`, `{"documentId":"a","variables":{}}`, `{"documentId":null}`,
	} {
		f.Add([]byte(seed))
	}

	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := scan(body)
		if !ok {
			return
		}

		var want envelope
		if err := decode(bytes.NewReader(body), &want); err != nil {
			t.Fatalf("%q is accepted, but: %v", body, err)
		}

		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
