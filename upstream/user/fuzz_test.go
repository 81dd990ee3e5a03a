package user_test

import (
	"encoding/json"
	"testing"

	"storefront/upstream/user"
)

// FuzzDecode wants no answer to end the process, and what is accepted to be
// about who was asked for and fit for a client's JSON.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		whole, "", "null", "{}", `{"id":7,"name":""}`, `{"id":"u","name":"a","id":"v"}`,
		"{\"id\":\"u\",\"name\":\"\xff\\ud800\",\"bio\":null}", `{"id":"u","name":"a","x":[[{}]]}`,
	} {
		f.Add([]byte(seed), "u", uint8(user.All))
	}

	f.Fuzz(func(t *testing.T, body []byte, asked string, read uint8) {
		got, err := user.New(service("http://user.test", says(body)), user.Fields(read)).Get(t.Context(), asked)
		if err != nil {
			return
		}

		if got.Of.ID.Text != asked {
			t.Errorf("asked for %q, got %q", asked, got.Of.ID.Text)
		}

		encoded, err := json.Marshal(got.Of)
		if err != nil || !json.Valid(encoded) {
			t.Errorf("cannot be sent: %v", err)
		}

		if size := got.Of.Size(); size < len(got.Of.Name)+len(asked) || size > 100*(len(body)+10) {
			t.Errorf("a body of %d bytes has a size of %d", len(body), size)
		}
	})
}
