package cache

import (
	"context"
	"time"
)

// Shared is a second level that replicas share: answers of services as they
// were sent. Where it cannot be had, it keeps nothing and delays nobody. It is
// safe for concurrent use.
type Shared interface {
	// Find returns what is kept for each of the keys, nil where that is nothing,
	// and the mark under which a newer answer may be put there. It ends with ctx.
	Find(ctx context.Context, keys ...string) ([]*Answer, Mark)
	// Put keeps an answer that was asked for after that mark was given, unless
	// it has been purged since. It does not wait for that, nor say whether it
	// was possible. The answer must not be changed afterwards.
	Put(key string, answer *Answer, mark Mark)
	// Drop forgets what cannot be used, without waiting for that.
	Drop(keys ...string)
	// Purge forgets all that which is about, here and in the caches of all
	// replicas but this one. Where that is not possible now it is made up for as
	// soon as it is, and nothing is found in between; the error says so.
	Purge(ctx context.Context, which Purge) error
}

// Answer is an answer of a service as it was sent, with what its use depends on.
type Answer struct {
	// From is the base URL of the service that sent it.
	From string `json:"from"`
	Body []byte `json:"-"`
	// Age is how old it is: the time since it was asked for.
	Age time.Duration `json:"-"`
	// Lifetime is how long it is fresh. Revalidate and IfError are how long
	// after that it may be shown while a new one is fetched, and instead of one
	// that failed; IfError counts only where HasIfError is true.
	Lifetime   time.Duration `json:"lifetime"`
	Revalidate time.Duration `json:"revalidate,omitempty"`
	IfError    time.Duration `json:"if_error,omitempty"`
	HasIfError bool          `json:"has_if_error,omitempty"`
	// Keep is how long it is of any use.
	Keep   time.Duration `json:"-"`
	ETag   string        `json:"etag,omitempty"`
	Public bool          `json:"public,omitempty"`
	Tags   []string      `json:"tags,omitempty"`
}

// Mark is a point in the order of all purges and a time, both as the second
// level sees them, so that replicas need not agree on what time it is. Nothing
// is put under the zero Mark.
type Mark struct {
	// Purges is the last purge before.
	Purges int64
	// Asked is the time, in microseconds.
	Asked int64
}
