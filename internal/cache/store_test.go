package cache_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/cache"
)

// item is a value of that size that is good for a minute, with those tags.
func item(value string, tags ...string) *cache.Item[string] {
	now := time.Now()

	return &cache.Item[string]{Value: value, Size: len(value), Began: now, End: now.Add(time.Minute), Tags: tags}
}

func held(s *cache.Store[string], key string) string {
	found, ok := s.Get(key)
	if !ok {
		return ""
	}

	return found.Value
}

func TestStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := cache.NewStore[string](1 << 20)
		if s.Used() || !s.Keeps() || held(s, "a") != "" {
			t.Error("there is something in a new store")
		}

		s.Drop("a")
		s.Put("a", item("one"))
		s.Put("b", item("other"))
		s.Put("a", item("two"))

		if held(s, "a") != "two" || held(s, "b") != "other" || s.Len() != 2 || s.Bytes() == 0 || !s.Used() {
			t.Errorf("held are %q and %q, %d entries of %d bytes", held(s, "a"), held(s, "b"), s.Len(), s.Bytes())
		}

		s.Drop("b")

		if held(s, "b") != "" {
			t.Error("what is dropped is held")
		}

		time.Sleep(time.Minute - time.Nanosecond)

		if held(s, "a") != "two" {
			t.Error("it is gone before its end")
		}

		time.Sleep(time.Nanosecond)

		if held(s, "a") != "" || s.Len() != 0 {
			t.Error("it is held beyond its end")
		}

		over := item("over")
		time.Sleep(time.Minute)
		s.Put("a", over)

		if s.Len() != 0 {
			t.Error("what is over is held")
		}
	})
}

func TestStoreOfNothing(t *testing.T) {
	t.Parallel()

	for _, bytes := range []int64{0, -1} {
		s := cache.NewStore[string](bytes)
		s.Put("a", item("one"))
		s.Drop("a")

		if s.Keeps() || s.Used() || held(s, "a") != "" || s.Len() != 0 || s.Bytes() != 0 || s.Purge(cache.Purge{}) != 0 {
			t.Error("it keeps something")
		}

		for entry := range s.Entries() {
			t.Errorf("it tells of %v", entry)
		}
	}
}

// TestStoreIsBounded, the keys and tags of its entries counted.
func TestStoreIsBounded(t *testing.T) {
	t.Parallel()

	const most = 64 << 10

	s := cache.NewStore[string](most)
	for n := range 2000 {
		s.Put(fmt.Sprint("key ", n), item("value", fmt.Sprint("a tag of its own ", n)))
	}

	if s.Bytes() > most || s.Len() < 10 {
		t.Errorf("it holds %d bytes, %d entries", s.Bytes(), s.Len())
	}
}

func TestStorePurge(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		which cache.Purge
		left  []string
	}{
		"all":                   {cache.Purge{}, nil},
		"a key":                 {cache.Purge{Key: "a"}, []string{"b", "c"}},
		"a tag":                 {cache.Purge{Tag: "x"}, []string{"c"}},
		"a tag of one":          {cache.Purge{Tag: "y"}, []string{"a", "c"}},
		"a beginning of a tag":  {cache.Purge{Tag: "prod"}, []string{"a", "b", "c"}},
		"a tag that is a key":   {cache.Purge{Tag: "a"}, []string{"a", "b", "c"}},
		"a key that is a tag":   {cache.Purge{Key: "x"}, []string{"a", "b", "c"}},
		"nothing that is there": {cache.Purge{Key: "d"}, []string{"a", "b", "c"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := cache.NewStore[string](1 << 20)
				s.Put("a", item("1", "x"))
				s.Put("b", item("2", "x", "y"))
				s.Put("c", item("3", "product:1"))

				if n := s.Purge(test.which); n != 3-len(test.left) {
					t.Errorf("%d are purged, and %q are to be left", n, test.left)
				}

				var left []string
				for entry := range s.Entries() {
					left = append(left, entry.Key)
				}

				slices.Sort(left)

				if !slices.Equal(left, test.left) {
					t.Errorf("left are %q, want %q", left, test.left)
				}
			})
		})
	}
}

// TestPurgeOfWhatIsMade: what was begun before a purge is not kept after it, for
// as long as anything may be in the making, and what is begun later is.
func TestPurgeOfWhatIsMade(t *testing.T) {
	t.Parallel()

	for name, which := range map[string]cache.Purge{"all": {}, "a key": {Key: "a"}, "a tag": {Tag: "x"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := cache.NewStore[string](1 << 20)
				made, other := item("old", "x"), item("other", "y")
				made.End, other.End = made.End.Add(time.Hour), other.End.Add(time.Hour)

				time.Sleep(time.Nanosecond)
				s.Purge(which)
				time.Sleep(time.Nanosecond)
				s.Purge(cache.Purge{Tag: "else"}) // A later one does not make up for it.
				time.Sleep(10 * time.Minute)
				s.Put("a", made)

				if held(s, "a") != "" {
					t.Error("what was begun before is kept")
				}

				s.Put("b", other)

				if got := held(s, "b"); (got == "other") == (name == "all") {
					t.Errorf("of another one is held %q", got)
				}

				s.Put("a", item("new", "x"))

				if held(s, "a") != "new" {
					t.Error("what was begun later is not kept")
				}
			})
		})
	}
}

// TestPurgesAreRemembered long enough, and boundedly: beyond, whatever was begun
// before is taken as purged.
func TestPurgesAreRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const many = 10_001

		s := cache.NewStore[string](1 << 20)
		early := item("early", "x")

		time.Sleep(time.Nanosecond)
		s.Purge(cache.Purge{Tag: "lost"})
		time.Sleep(time.Nanosecond)

		late := item("late", "x")

		time.Sleep(time.Nanosecond)

		for n := range many {
			s.Purge(cache.Purge{Tag: strconv.Itoa(n)})
			time.Sleep(time.Nanosecond)
		}

		s.Put("early", early)
		s.Put("late", late)
		s.Put("now", item("now"))

		if got := [...]string{held(s, "early"), held(s, "late"), held(s, "now")}; got != [...]string{"", "", "now"} {
			t.Errorf("held are %q", got)
		}
	})
}

// TestPurgeInARace wants no value that was begun before a purge to be held after
// it.
func TestPurgeInARace(t *testing.T) {
	t.Parallel()

	const rounds = 2000

	s := cache.NewStore[string](1 << 20)

	for range rounds {
		var both sync.WaitGroup

		old := item("old", "x")

		both.Go(func() { s.Put("a", old) })
		both.Go(func() { s.Purge(cache.Purge{Tag: "x"}) })
		both.Wait()

		if held(s, "a") != "" {
			t.Fatal("what was begun before is held")
		}
	}
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var grounded []string

		r := cache.NewRegistry(1 << 20)
		stores := map[string]*cache.Store[string]{}

		for _, name := range []string{"web answers", "web pages", "tv pages"} {
			s := cache.NewStore[string](r.MaxBytes())
			stores[name] = s

			var bff, kind string
			_, _ = fmt.Sscan(name, &bff, &kind)

			r.Add(bff, kind, s, func() {
				if s.Len() == 0 {
					t.Errorf("%s is purged before nobody can join", name)
				}

				grounded = append(grounded, name)
			})
			s.Put("first", item("1", "x"))
			time.Sleep(time.Nanosecond)
			s.Put("second", item("2", "x", name))
		}

		for _, test := range []struct {
			bff, kind string
			which     cache.Purge
			limit     int
			want      int
			known     bool
		}{
			{"web", "pages", cache.Purge{}, 10, 2, true},
			{"web", "", cache.Purge{}, 10, 4, true},
			{"", "pages", cache.Purge{}, 3, 3, true},
			{"", "", cache.Purge{Tag: "tv pages"}, 10, 1, true},
			{"web", "pages", cache.Purge{Key: "none"}, 10, 0, true},
			{"mobile", "pages", cache.Purge{}, 10, 0, false},
		} {
			entries, known := r.Entries(test.bff, test.kind, test.which, test.limit)
			if len(entries) != test.want || known != test.known || !slices.IsSortedFunc(entries, func(a, b cache.Entry) int { return a.End.Compare(b.End) }) {
				t.Errorf("%+v: got %v, %v", test, entries, known)
			}
		}

		if got := r.Summaries(); len(got) != 3 || got[0].BFF != "web" || got[0].Kind != "answers" || got[2].Entries != 2 || got[2].Bytes == 0 {
			t.Errorf("the summaries are %+v", got)
		}

		if n, err := r.Purge(t.Context(), cache.Purge{Key: "first"}); n != 3 || err != nil || !slices.Equal(grounded, []string{"web answers", "web pages", "tv pages"}) {
			t.Errorf("%d are purged, grounded are %q", n, grounded)
		}

		if held(stores["web pages"], "first") != "" || held(stores["tv pages"], "second") != "2" {
			t.Error("another one than was meant is purged")
		}
	})
}
