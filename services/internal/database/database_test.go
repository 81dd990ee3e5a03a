package database_test

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"storefront/services/internal/database"
)

// migrations make a table of numbered words.
func migrations() fstest.MapFS {
	return fstest.MapFS{
		"migrations/00001_words.sql": {Data: []byte(`-- +goose Up
CREATE TABLE words (number INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;`)},
	}
}

// words yields so many rows.
func words(count int) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for n := range count {
			if !yield([]any{n, strings.Repeat("w", 100)}) {
				return
			}
		}
	}
}

func fillWith(count int) database.Fill {
	return func(ctx context.Context, tx *sql.Tx) error {
		return database.Insert(ctx, tx, "words (number, word)", words(count))
	}
}

func open(t *testing.T, file string, fill database.Fill) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), file, migrations(), fill)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func count(t *testing.T, db *database.DB) int {
	t.Helper()
	var n int
	if err := db.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM words").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestInsert covers rows that fill no, some and whole batches.
func TestInsert(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 99, 100, 101, 250} {
		db := open(t, filepath.Join(t.TempDir(), "words.db"), fillWith(rows))
		if got := count(t, db); got != rows {
			t.Errorf("%d of %d rows", got, rows)
		}
	}
}

// TestPaths opens files whose names mean something in a URI.
func TestPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "a b.db", "50%25.db", "what?.db", "a#b.db", "new/folder/x.db", "Zoë's.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), name)
			open(t, file, fillWith(1))
			if _, err := os.Stat(file); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSettings reads back what every connection must be set to.
func TestSettings(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "words.db"), fillWith(1))
	for _, test := range []struct {
		db           *sql.DB
		pragma, want string
	}{
		{db.Read, "journal_mode", "wal"},
		{db.Read, "foreign_keys", "1"},
		{db.Read, "busy_timeout", "5000"},
		{db.Read, "query_only", "1"},
		{db.Write, "journal_mode", "wal"},
		{db.Write, "foreign_keys", "1"},
		{db.Write, "busy_timeout", "5000"},
		{db.Write, "query_only", "0"},
	} {
		var got string
		if err := test.db.QueryRowContext(t.Context(), "PRAGMA "+test.pragma).Scan(&got); err != nil || got != test.want {
			t.Errorf("%s = %s, %v; want %s", test.pragma, got, err, test.want)
		}
	}
	if _, err := db.Read.ExecContext(t.Context(), "DELETE FROM words"); err == nil {
		t.Error("a reader deleted rows")
	}
	if open := db.Write.Stats().MaxOpenConnections; open != 1 {
		t.Errorf("%d writers", open)
	}
}

// TestKilledWhileFilling copies the files as a killed process would leave them,
// in the middle of filling, and starts from the copy.
func TestKilledWhileFilling(t *testing.T) {
	t.Parallel()
	dir, left := t.TempDir(), t.TempDir()
	const enough = 30_000 // rows: more than the page cache holds, so that half of them are in the files
	fill := func(ctx context.Context, tx *sql.Tx) error {
		if err := fillWith(enough)(ctx, tx); err != nil {
			return err
		}
		return os.CopyFS(left, os.DirFS(dir))
	}
	open(t, filepath.Join(dir, "words.db"), fill)
	if log, err := os.Stat(filepath.Join(left, "words.db-wal")); err != nil || log.Size() < 1<<20 {
		t.Fatalf("nothing was written yet: %v", err)
	}
	if got := count(t, open(t, filepath.Join(left, "words.db"), fillWith(7))); got != 7 {
		t.Errorf("%d rows after the next start, want 7", got)
	}
}

// TestStartedTogether opens one new file from many sides at once.
func TestStartedTogether(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "words.db")
	var starts sync.WaitGroup
	for range 8 {
		starts.Go(func() {
			db, err := database.Open(t.Context(), file, migrations(), fillWith(150))
			if err != nil {
				t.Error(err)
				return
			}
			if got := count(t, db); got != 150 {
				t.Errorf("%d rows", got)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	starts.Wait()
}

func TestFilledOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "words.db")
	failure := errors.New("out of words")
	_, err := database.Open(t.Context(), file, migrations(), func(ctx context.Context, tx *sql.Tx) error {
		return errors.Join(fillWith(5)(ctx, tx), failure)
	})
	if !errors.Is(err, failure) || !strings.Contains(err.Error(), "words.db: fill") {
		t.Errorf("failed fill: %v", err)
	}
	for range 2 { // empty shops are filled shops, too
		db := open(t, file, func(context.Context, *sql.Tx) error { return nil })
		if got := count(t, db); got != 0 {
			t.Errorf("%d rows", got)
		}
	}
	if got := count(t, open(t, file, fillWith(5))); got != 0 {
		t.Errorf("filled again: %d rows", got)
	}
}

// TestMistakes wants an error that names the file, and no start.
func TestMistakes(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "words.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := database.Open(t.Context(), file, migrations(), fillWith(1))
	if err == nil || !strings.Contains(err.Error(), "words.db") {
		t.Errorf("not a database: %v", err)
	}
	file = filepath.Join(t.TempDir(), "words.db")
	if _, err := database.Open(t.Context(), file, fstest.MapFS{}, fillWith(1)); err == nil {
		t.Error("opened without migrations")
	}
	db := open(t, file, fillWith(1))
	var statement *sql.Stmt
	if database.Prepare(t.Context(), db.Read, map[string]**sql.Stmt{"SELECT nothing FROM words": &statement}) == nil {
		t.Error("prepared a query for a column that does not exist")
	}
}

func TestAllAndOne(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "words.db"), fillWith(3))
	var below *sql.Stmt
	err := database.Prepare(t.Context(), db.Read, map[string]**sql.Stmt{"SELECT number FROM words WHERE number < ?": &below})
	if err != nil {
		t.Fatal(err)
	}
	number := database.Cell[int]
	if got, err := database.All(t.Context(), below, number, 2); err != nil || !slices.Equal(got, []int{0, 1}) {
		t.Errorf("All: %v, %v", got, err)
	}
	if got, err := database.All(t.Context(), below, number, 0); err != nil || got == nil || len(got) != 0 {
		t.Errorf("All of no rows: %#v, %v", got, err)
	}
	if _, found, err := database.One(t.Context(), below, number, 1); err != nil || !found {
		t.Errorf("One: %v, %v", found, err)
	}
	if _, found, err := database.One(t.Context(), below, number, 0); err != nil || found {
		t.Errorf("One of no rows: %v, %v", found, err)
	}
	if _, err := database.All(t.Context(), below, func(*int) []any { return nil }, 2); err == nil {
		t.Error("read a row without a place for it")
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := database.All(gone, below, number, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

func TestListed(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "words.db"), fillWith(30))
	var listed *sql.Stmt
	err := database.Prepare(t.Context(), db.Read, map[string]**sql.Stmt{"SELECT number FROM words WHERE number IN (SELECT value FROM json_each(?))": &listed})
	if err != nil {
		t.Fatal(err)
	}
	key := func(n *int) string { return strconv.Itoa(*n) }
	for ids, want := range map[string][]int{"": {}, "x": {}, "7,29,x,3": {7, 29, 3}} {
		// Affinity is of columns: a list's texts are found as numbers.
		got, err := database.Listed(t.Context(), listed, database.Cell[int], key, strings.Split(ids, ","))
		if err != nil || got == nil || !slices.Equal(got, want) {
			t.Errorf("%q: %#v, %v", ids, got, err)
		}
	}
}
