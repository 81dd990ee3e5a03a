package user_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/fault"
	"storefront/internal/wire"
	"storefront/upstream/user"
)

func id(text string) wire.ID { return wire.ID{Text: text} }

const whole = `{"id":"u","name":"Ann","email":"ann@example.com","profile_picture":"http://img.test/a.jpg",` +
	`"bio":"Hi.","location":"Bern","joined_date":"2020-01-01"}`

func TestDecode(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		read user.Fields
		body string
		want user.User
	}{
		"everything": {user.All, whole, user.User{
			ID: id("u"), Name: "Ann", Email: new("ann@example.com"), ProfilePicture: new("http://img.test/a.jpg"),
			Bio: new("Hi."), Location: new("Bern"), JoinedDate: new("2020-01-01"),
		}},
		"the id alone":     {0, whole, user.User{ID: id("u")}},
		"two of them":      {user.Name | user.Bio, whole, user.User{ID: id("u"), Name: "Ann", Bio: new("Hi.")}},
		"email":            {user.Email, whole, user.User{ID: id("u"), Email: new("ann@example.com")}},
		"picture":          {user.ProfilePicture, whole, user.User{ID: id("u"), ProfilePicture: new("http://img.test/a.jpg")}},
		"location":         {user.Location, whole, user.User{ID: id("u"), Location: new("Bern")}},
		"date":             {user.JoinedDate, whole, user.User{ID: id("u"), JoinedDate: new("2020-01-01")}},
		"nothing optional": {user.All, `{"id":"u","name":"Ann"}`, user.User{ID: id("u"), Name: "Ann"}},
		"all of it null": {
			user.All, `{"id":"u","name":"Ann","email":null,"profile_picture":null,"bio":null,"location":null,"joined_date":null}`,
			user.User{ID: id("u"), Name: "Ann"},
		},
		"empty texts":           {user.Name | user.Bio, `{"id":"u","name":"","bio":""}`, user.User{ID: id("u"), Bio: new("")}},
		"no name, but not read": {user.Bio, `{"id":"u","bio":"b"}`, user.User{ID: id("u"), Bio: new("b")}},
		"not read and wrong":    {user.Bio, `{"id":"u","name":7,"email":[{}],"location":{"a":1}}`, user.User{ID: id("u")}},
		"unknown fields": {
			user.Name, `{"x":{"id":"v","name":[1,{"name":2}]},"id":"u","ID":"v","name":"Ann","Name":"Bob","admin":true}`,
			user.User{ID: id("u"), Name: "Ann"},
		},
		"any order":       {user.Name, ` { "name" : "Ann" , "id" : "u" } `, user.User{ID: id("u"), Name: "Ann"}},
		"the last counts": {user.Name, `{"id":"v","name":"Bob","id":"u","name":"Ann"}`, user.User{ID: id("u"), Name: "Ann"}},
		"escapes":         {user.Name, `{"id":"\u0075","name":"<\u00e9\ud83d\ude00\n\"/>"}`, user.User{ID: id("u"), Name: "<é😀\n\"/>"}},
		"no UTF-8":        {user.Name, "{\"id\":\"u\",\"name\":\"\xff\"}", user.User{ID: id("u"), Name: "\ufffd"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := user.New(service("http://user.test", says(test.body)), test.read).Get(t.Context(), "u")
			wantKind(t, err, fault.None, "")

			if diff := cmp.Diff(test.want, got.Of); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ body, why string }{
		"nothing":                 {``, "unexpected end"},
		"null":                    {`null`, "expected an object, found null"},
		"a list":                  {`[` + whole + `]`, "expected an object"},
		"a text":                  {`"u"`, "expected an object"},
		"no id":                   {`{"name":"Ann"}`, "no member id"},
		"the id is null":          {`{"id":null,"name":"Ann"}`, `"/id"`},
		"the id is empty":         {`{"id":"","name":"Ann"}`, `"/id"`},
		"the id is a fraction":    {`{"id":1.5,"name":"Ann"}`, `"/id"`},
		"the id is an object":     {`{"id":{"id":"u"},"name":"Ann"}`, `"/id"`},
		"the id is too long":      {`{"id":"` + strings.Repeat("u", 129) + `","name":"Ann"}`, `"/id"`},
		"another user":            {`{"id":"v","name":"Bob"}`, "another user"},
		"the same in capitals":    {`{"id":"U","name":"Bob"}`, "another user"},
		"another user, said last": {`{"id":"u","name":"Ann","id":"v"}`, "another user"},
		"no name":                 {`{"id":"u"}`, "no member name"},
		"the name is null":        {`{"id":"u","name":null}`, `"/name"`},
		"the name is a number":    {`{"id":"u","name":7}`, `"/name"`},
		"the email is a number":   {`{"id":"u","name":"Ann","email":7}`, `"/email"`},
		"the bio is a list":       {`{"id":"u","name":"Ann","bio":["Hi."]}`, `"/bio"`},
		"the date is a number":    {`{"id":"u","name":"Ann","joined_date":2020}`, `"/joined_date"`},
		"the picture is true":     {`{"id":"u","name":"Ann","profile_picture":true}`, `"/profile_picture"`},
		"the town is an object":   {`{"id":"u","name":"Ann","location":{}}`, `"/location"`},
		"it breaks off":           {whole[:len(whole)-1], "unexpected end"},
		"it goes on":              {whole + `{}`, "more after the end"},
		"what is not read breaks": {`{"id":"u","name":"Ann","x":[1,]}`, "invalid JSON"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := user.New(service("http://user.test", says(test.body)), user.All).Get(t.Context(), "u")
			wantKind(t, err, fault.InvalidResponse, test.why)

			if diff := cmp.Diff(user.User{}, got.Of); diff != "" {
				t.Error("half an answer is handed on", diff)
			}
		})
	}
}

// TestIntegerID is the same user, and stays an integer.
func TestIntegerID(t *testing.T) {
	t.Parallel()

	got, err := user.New(service("http://user.test", says(`{"id":7,"name":"Ann"}`)), user.All).Get(t.Context(), "7")
	wantKind(t, err, fault.None, "")

	if want := (wire.ID{Text: "7", Integer: true}); got.Of.ID != want {
		t.Errorf("got %+v", got.Of.ID)
	}
}
