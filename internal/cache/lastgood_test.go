package cache_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const maxAge = 10 * time.Minute

func newCache() *cache.LastGood { return cache.NewLastGood(maxAge, 100, 1<<20) }

// check holds what the cache has for key against value, "" for nothing.
func check(t *testing.T, c *cache.LastGood, key, value string, age time.Duration) {
	t.Helper()

	got, gotAge, ok := c.Get(key)
	if text, _ := got.(string); text != value || gotAge != age || ok != (value != "") {
		t.Errorf("%s: got %v of age %v, %t; want %q of age %v", key, got, gotAge, ok, value, age)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		after time.Duration
		want  string
	}{
		"at once":      {0, "good"},
		"in time":      {time.Minute, "good"},
		"just in time": {maxAge, "good"},
		"too late":     {maxAge + 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCache()
				c.Put("key", "good", 4)
				time.Sleep(test.after)

				age := test.after
				if test.want == "" {
					age = 0
				}

				check(t, c, "key", test.want, age)
			})
		})
	}
}

func TestTooOldIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache()
		c.Put("key", "good", 4)
		time.Sleep(maxAge + 1)
		check(t, c, "key", "", 0)

		if n := c.Len(); n != 0 {
			t.Errorf("%d answers that nobody can have are held", n)
		}
	})
}

func TestLastOneCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache()
		c.Put("key", "first", 5)
		c.Put("other", "other", 5)
		time.Sleep(time.Minute)
		c.Put("key", "second", 6)

		check(t, c, "key", "second", 0)
		check(t, c, "other", "other", time.Minute)

		if n := c.Len(); n != 2 {
			t.Errorf("%d answers, want 2", n)
		}
	})
}

func TestDrop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache()
		c.Put("key", "good", 4)
		c.Put("other", "other", 5)
		c.Drop("key")
		c.Drop("never seen")

		check(t, c, "key", "", 0)
		check(t, c, "other", "other", 0)
	})
}

// TestNever is STALE_IF_ERROR=0.
func TestNever(t *testing.T) {
	t.Parallel()

	c := cache.NewLastGood(0, 100, 1<<20)
	for i := range 10 {
		c.Put(strconv.Itoa(i), "good", 4)
	}

	check(t, c, "1", "", 0)
	c.Drop("1")

	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("%d answers of %d bytes are held", c.Len(), c.Bytes())
	}
}
