package serve

import (
	"net"
	"sync"
)

// door is a listener that is closed once, whoever closes it: the stop of a
// program before the connections that are open end, and net/http after them.
type door struct {
	net.Listener

	shut func() error
}

func newDoor(listener net.Listener) *door {
	return &door{Listener: listener, shut: sync.OnceValue(listener.Close)}
}

// Close takes no more connections.
func (d *door) Close() error { return d.shut() }
