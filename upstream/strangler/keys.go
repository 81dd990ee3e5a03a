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
// do the same thing twice. The oldest are forgotten first.
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
	sides map[[sha256.Size]byte]Side
	order [][sha256.Size]byte // a ring once it is full
	next  int
}

func newKeys() *keys { return &keys{sides: map[[sha256.Size]byte]Side{}} }

// side is where a request with a key goes, if it would go to fresh for the first
// time. user is the one whom the request names, "" where it names none.
func (k *keys) side(route, user, key string, fresh Side) Side {
	id := sha256.Sum256([]byte(strings.Join([]string{route, user, key}, "\x00")))

	k.mu.Lock()
	defer k.mu.Unlock()

	if side, seen := k.sides[id]; seen {
		return side
	}

	if len(k.order) < maxKeys {
		k.order = append(k.order, id)
	} else {
		delete(k.sides, k.order[k.next])
		k.order[k.next] = id
		k.next = (k.next + 1) % maxKeys
	}

	k.sides[id] = fresh

	return fresh
}
