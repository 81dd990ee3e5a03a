package wire

import (
	"encoding/binary"
	"math/bits"
)

// Strings are looked at eight bytes at a time: each byte of a word is a lane,
// and a mark is the highest bit of a lane.
const (
	wordSize = 8
	wordBits = 64
	lanes    = 0x0101010101010101 // 1 in each lane
	highs    = 0x80 * lanes       // the bit that no ASCII character has
)

// word is the eight bytes of b from i on, the first one lowest.
func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8 : i+8]) }

// stops marks the lanes that hold what a string cannot have as it is: a quote,
// a backslash or a control character. The lowest mark is right, those above it
// may be false, since subtracting borrows from the lanes above.
func stops(w uint64) uint64 {
	const (
		flip      = 0x02 * lanes // turns " (22) into the space (20), the space into " and mixes control characters
		aboveThem = 0x21 * lanes
		backslash = '\\' * lanes
	)

	return (((w ^ flip) - aboveThem) | ((w ^ backslash) - lanes)) &^ w & highs
}

// lane is the place of the lowest mark.
func lane(marks uint64) int { return bits.TrailingZeros64(marks) / wordSize }
