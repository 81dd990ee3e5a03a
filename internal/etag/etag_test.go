package etag_test

import (
	"testing"

	"storefront/internal/etag"
)

func TestMatches(t *testing.T) {
	t.Parallel()

	tag := etag.Of([]byte("body"))
	if tag == etag.Of([]byte("another")) || tag != etag.Of([]byte("body")) {
		t.Errorf("the tag is %s", tag)
	}

	for header, want := range map[string]bool{tag: true, "W/" + tag: true, `"other", ` + tag: true, "*": true, "": false, `"other"`: false} {
		if etag.Matches(header, tag) != want {
			t.Errorf("%s: want %t", header, want)
		}
	}
}
