package shared

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"time"

	"storefront/internal/cache"
)

// envelope is what goes before the body of a kept answer.
type envelope struct {
	// Key is the whole key, against collisions and mix-ups.
	Key string `json:"key"`
	// Seen is the last purge before the answer was asked for, Asked the time of
	// that on the server's clock, in microseconds.
	Seen  int64 `json:"seen"`
	Asked int64 `json:"asked"`
	cache.Answer
}

const (
	// magic begins each kept answer; its last byte is the version. What follows
	// are the checksum of all the rest, the length of the envelope in JSON, the
	// envelope and the body.
	magic      = "sfa\x01"
	sumAt      = len(magic)
	lengthAt   = sumAt + 4
	envelopeAt = lengthAt + 4
)

// sealed returns an answer as it is kept.
func sealed(key string, answer *cache.Answer, mark cache.Mark) ([]byte, error) {
	head, err := json.Marshal(envelope{Key: key, Seen: mark.Purges, Asked: mark.Asked, Answer: *answer})
	if err != nil {
		return nil, err //nolint:wrapcheck // It cannot be, and is counted only.
	}

	text := make([]byte, envelopeAt, envelopeAt+len(head)+len(answer.Body))
	copy(text, magic)
	binary.BigEndian.PutUint32(text[lengthAt:], uint32(len(head))) //nolint:gosec // Keys and tags are short.

	text = append(append(text, head...), answer.Body...)
	binary.BigEndian.PutUint32(text[sumAt:], checksum(text))

	return text, nil
}

// opened returns the answer that is kept as text for key, and false for all that
// sealed did not write for that key. now is the time on the server's clock. The
// body is part of text.
func opened(text []byte, key string, now int64) (*envelope, bool) {
	if len(text) < envelopeAt || string(text[:sumAt]) != magic || binary.BigEndian.Uint32(text[sumAt:]) != checksum(text) {
		return nil, false
	}

	rest := text[envelopeAt:]

	length := binary.BigEndian.Uint32(text[lengthAt:])
	if uint64(length) > uint64(len(rest)) {
		return nil, false
	}

	head, body := rest[:length], rest[length:]

	e := new(envelope)
	if json.Unmarshal(head, e) != nil || e.Key != key {
		return nil, false
	}

	e.Body = body
	e.Age = max(0, time.Duration(now-e.Asked)*time.Microsecond)

	return e, true
}

func checksum(text []byte) uint32 {
	return crc32.Checksum(text[lengthAt:], crc32.MakeTable(crc32.Castagnoli))
}
