package gql

import (
	"bytes"
	"math"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// FuzzAppendString wants each string to be written as gqlgen writes it.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x00\x1f\"\\/<>&\u2028\U0001f600\t\r\n\b\f\x7f", "\xff\xfe", "a\xc3"} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, s string) {
		var want bytes.Buffer

		graphql.MarshalString(s).MarshalGQL(&want)

		if got := AppendString(nil, s); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("got %q, want %q", got, want.Bytes())
		}
	})
}

func TestAppend(t *testing.T) {
	t.Parallel()

	for want, got := range map[string][]byte{
		"-9223372036854775808": AppendInt(nil, int64(math.MinInt64)),
		"7":                    AppendMarshaler(nil, graphql.MarshalInt(7)),
		"[true":                AppendBoolean([]byte("["), true),
		"null":                 AppendNull(nil),
		"":                     AppendMarshaler([]byte("x"), graphql.Null), // given up
	} {
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
