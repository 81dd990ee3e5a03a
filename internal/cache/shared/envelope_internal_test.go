package shared

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/cache"
)

func sample() *cache.Answer {
	return &cache.Answer{
		From: "http://products", Body: []byte(`{"id":"a"}`), Lifetime: time.Minute, Revalidate: time.Second, IfError: time.Hour,
		HasIfError: true, ETag: `W/"1"`, Public: true, Tags: []string{"product:a"},
	}
}

func TestSealedIsOpened(t *testing.T) {
	t.Parallel()

	text, err := sealed("key", sample(), cache.Mark{Purges: 7, Asked: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}

	want := sample()
	want.Age = 2 * time.Second

	got, ok := opened(text, "key", 3_000_000)
	if !ok || got.Seen != 7 {
		t.Fatalf("got %+v, %v", got, ok)
	}

	if diff := cmp.Diff(want, &got.Answer); diff != "" {
		t.Error(diff)
	}

	if _, ok = opened(text, "other", 3_000_000); ok {
		t.Error("it is opened for another key")
	}

	// A clock that was set back makes nothing younger than new.
	if got, _ = opened(text, "key", 0); got.Age != 0 {
		t.Errorf("it is of age %v", got.Age)
	}
}

// TestEveryBitCounts flips each.
func TestEveryBitCounts(t *testing.T) {
	t.Parallel()

	text, err := sealed("key", sample(), cache.Mark{Purges: 7, Asked: 1})
	if err != nil {
		t.Fatal(err)
	}

	for i := range len(text) * 8 {
		text[i/8] ^= 1 << (i % 8)

		if _, ok := opened(text, "key", 1); ok {
			t.Errorf("bit %d of byte %d does not count", i%8, i/8)
		}

		text[i/8] ^= 1 << (i % 8)
	}
}

// FuzzOpened has the sum right, so that what is behind it is read.
func FuzzOpened(f *testing.F) {
	good, err := sealed("key", sample(), cache.Mark{Purges: 7, Asked: 1})
	if err != nil {
		f.Fatal(err)
	}

	f.Add(good)
	f.Add([]byte(magic))
	f.Add(append(bytes.Clone(good[:lengthAt]), 0xff, 0xff, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) >= envelopeAt {
			copy(text, magic)
			binary.BigEndian.PutUint32(text[sumAt:], checksum(text))
		}

		if e, ok := opened(text, "key", 5); ok && (e.Key != "key" || e.Age < 0 || len(e.Body) > len(text)) {
			t.Errorf("%+v", e)
		}
	})
}
