package strangler

import (
	"crypto/sha256"
	"strings"
	"sync"
)

// maxKeys is how many idempotency keys a process remembers.
const maxKeys = 10_000

// keys are idempotency keys that were seen, each with the side that its first
// request went to. A request that is made again goes there too, though the route
// has moved meanwhile: the other side knows nothing of the first one, and would
// do the same thing twice. Where the first one has reached nobody there is no such
// thing, and the next one is the first. The oldest are forgotten first.
//
// A key is one of a route, and of the user whom the request names, if any; never
// of a token, which may be a newer one by then. So two clients with one key go to
// one side: all that is remembered is a side, and what a key has done there that
// side keeps apart by itself.
//
// They are of this process. As long as a route stands where it does every process
// sends a key to the same side (user.go); whoever repeats a request at another one,
// or after a restart, when the route has moved meanwhile is answered as it stands.
type keys struct {
	mu    sync.Mutex
	sides map[[sha256.Size]byte]*firstSide
	order [][sha256.Size]byte // a ring once it is full
	next  int
}

// firstSide is where the first request with a key went.
type firstSide struct {
	side   Side
	nobody bool // it has reached nobody
	again  bool // another request with the key has gone there too
}

func newKeys() *keys { return &keys{sides: map[[sha256.Size]byte]*firstSide{}} }

// side is where a request with a key goes, if it would go to fresh for the first
// time. user is the one whom the request names, "" where it names none.
// The first one has forget, to be called where it has reached nobody.
func (k *keys) side(route, user, key string, fresh Side) (side Side, forget func()) {
	id := sha256.Sum256([]byte(strings.Join([]string{route, user, key}, "\x00")))

	k.mu.Lock()
	defer k.mu.Unlock()

	first, seen := k.sides[id]

	switch {
	case seen && !first.nobody:
		first.again = true

		return first.side, nil
	case !seen:
		first = new(firstSide)
		k.keep(id, first)
	}

	*first = firstSide{side: fresh}

	return fresh, func() { k.forget(first) }
}

// keep remembers one more key. The caller holds mu.
func (k *keys) keep(id [sha256.Size]byte, first *firstSide) {
	if len(k.order) < maxKeys {
		k.order = append(k.order, id)
	} else {
		delete(k.sides, k.order[k.next])
		k.order[k.next] = id
		k.next = (k.next + 1) % maxKeys
	}

	k.sides[id] = first
}

// forget has the next request with a key be the first one, unless another one has
// gone to the same side meanwhile, and may have reached it.
func (k *keys) forget(first *firstSide) {
	k.mu.Lock()
	defer k.mu.Unlock()

	first.nobody = !first.again
}
