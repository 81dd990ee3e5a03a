package wire

import "math"

// nameTable keeps the names of members, few and often repeated, so that they
// are neither copied nor scanned again and again. A name lives in the slot that
// its shape picks until another one needs it. What follows a name is most often
// what followed it the last time, since a service writes its objects field by
// field: that one is tried first. (It also lets the processor go on with what
// is behind the name before it has seen the name.)
type nameTable struct {
	slots [slots]knownName
	last  uint8 // the slot of the name that came last
}

const (
	slots     = 128
	nameWords = 3
	suffix    = len(`":`)
	maxKnown  = nameWords*wordSize - suffix // bytes of a name
)

// knownName is a name as it is written, with the quote and the colon behind it.
type knownName struct {
	words [nameWords]uint64
	size  uint8  // in bytes; 0 while there is no name
	rest  uint8  // how many bits of the last word are not the name's
	next  uint8  // the slot of the name that followed
	text  string // the name, once somebody read it
}

// at reports whether the name is the one at i, behind its quote. There must be
// enough of the body for the longest name.
func (k *knownName) at(b []byte, i int) bool {
	w := word(b, i) ^ k.words[0]
	if k.size <= wordSize {
		return w<<(k.rest%wordBits) == 0 && k.size > 0
	}
	if w != 0 {
		return false
	}
	w = word(b, i+wordSize) ^ k.words[1]
	if k.size <= 2*wordSize {
		return w<<(k.rest%wordBits) == 0
	}
	return w == 0 && (word(b, i+2*wordSize)^k.words[2])<<(k.rest%wordBits) == 0
}

// guess passes over the name at i, behind its quote, and its colon if it is the
// name that is expected.
func (t *nameTable) guess(b []byte, i int) int {
	next := t.slots[t.last%slots].next
	known := &t.slots[next%slots]
	if len(b)-i < nameWords*wordSize || !known.at(b, i) {
		return failed
	}
	t.last = next
	return i + int(known.size)
}

// lastText is the text of the name that came last, which is name.
func (t *nameTable) lastText(name []byte) string {
	known := &t.slots[t.last%slots]
	if known.text == "" {
		known.text = string(name)
	}
	return known.text
}

// learn expects name, which is in b from i on, as it is written and with a
// quote and a colon behind it, in its place the next time. It reports whether
// such a name can be known.
func (t *nameTable) learn(b []byte, i, size int) bool {
	if size == 0 || size > maxKnown || len(b)-i < nameWords*wordSize || b[i+size+1] != ':' {
		return false
	}
	fresh := newName(b, i, size)
	at := t.slotOf(fresh)
	if known := &t.slots[at]; known.words != fresh.words || known.size != fresh.size {
		fresh.next = known.next
		*known = fresh
	}
	t.slots[t.last%slots].next = at
	t.last = at
	return true
}

func newName(b []byte, i, size int) knownName {
	full := size + suffix
	n := knownName{size: uint8(full), rest: uint8(-full*8) % wordBits} //nolint:gosec,mnd // At most 24 bytes of 8 bits.
	for k := 0; k*wordSize < full; k++ {
		n.words[k] = word(b, i+k*wordSize)
	}
	last := &n.words[(full-1)/wordSize]
	*last = *last << n.rest >> n.rest
	return n
}

// slotOf is the slot of a name, or the one that it may have.
func (t *nameTable) slotOf(n knownName) uint8 {
	const (
		spread = 0x9E3779B97F4A7C15 // has its bits everywhere
		tries  = 4
	)
	first := (n.words[0] ^ n.words[1] ^ n.words[2]) * spread / (math.MaxUint64/slots + 1)
	for k := range uint64(tries) {
		at := uint8((first + k) % slots)
		if known := &t.slots[at]; known.size == 0 || known.words == n.words && known.size == n.size {
			return at
		}
	}
	return uint8(first % slots)
}
