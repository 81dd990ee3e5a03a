package cache_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
)

// tagged is an answer that names what it is about.
type tagged []string

func (t tagged) Tags() []string { return slices.Clone(t) }

// TestPurgeOfLastGood forgets what is kept, and what was asked for before the
// purge and comes after it.
func TestPurgeOfLastGood(t *testing.T) {
	t.Parallel()

	for name, which := range map[string]cache.Purge{
		"by key": {Key: "key"}, "by its own tag": {Tag: "product:p1"}, "by whom it is about": {Tag: "user:u1"}, "all": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := cache.NewLastGood(time.Hour, 100, 1<<20)
				good := cache.Good{Value: tagged{"product:p1"}, Size: 10, MaxAge: time.Hour, Began: time.Now(), About: "user:u1"}
				c.Keep("key", good)
				c.Keep("other", cache.Good{Value: tagged{"product:p2"}, Size: 10, MaxAge: time.Hour, Began: time.Now()})

				time.Sleep(time.Second)

				if n := c.Purge(which); (which == cache.Purge{}) != (n == 2) || n == 0 {
					t.Errorf("%d are purged", n)
				}

				c.Keep("key", good) // It was asked for before.

				if _, _, found := c.Get("key"); found {
					t.Error("what is purged stands in")
				}

				time.Sleep(time.Second)

				good.Began = time.Now()
				c.Keep("key", good)

				if _, _, found := c.Get("key"); !found {
					t.Error("what was asked for afterwards does not stand in")
				}

				if entries := slices.Collect(c.Entries()); !slices.ContainsFunc(entries, func(e cache.Entry) bool {
					return e.Key == "key" && slices.Equal(e.Tags, []string{"product:p1", "user:u1"})
				}) {
					t.Errorf("an operator sees %+v", entries)
				}
			})
		})
	}
}
