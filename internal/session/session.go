// Package session says who is asking, and about whom.
//
// Whatever is cached or coalesced is keyed by the principal, so that no answer
// made for one can reach another. The package does not decide what a principal
// may see: the services do.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// Key is the key of who is asking, for contexts that answer for it themselves;
// the value is a [Principal].
type Key struct{}

// Principal is the scope within which answers may be shared. It is opaque and
// holds no credential. The zero Principal is the anonymous one.
type Principal string

// FromRequest derives the principal from the credentials of r: a digest of the
// Authorization header, or the anonymous principal where there is none.
func FromRequest(r *http.Request) Principal {
	credentials := r.Header.Values("Authorization")
	if len(credentials) == 0 {
		return ""
	}

	digest := sha256.New()
	for _, c := range credentials {
		_, _ = digest.Write([]byte(c)) // A hash never fails to write.
		_, _ = digest.Write([]byte{0})
	}

	return Principal(base64.RawURLEncoding.EncodeToString(digest.Sum(nil)))
}

// With returns a context in which p is asking.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, Key{}, p)
}

// From returns who is asking in ctx; anonymous when nobody said.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(Key{}).(Principal)

	return p
}
