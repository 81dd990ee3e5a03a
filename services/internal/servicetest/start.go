package servicetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// Starts is the suite of first and later starts. whole is the folder of a
// service that was opened without trouble, name its database's file, and edit a
// statement that changes one row.
func Starts[S Service](t *testing.T, open Open[S], whole, name, edit string) {
	t.Helper()
	dir := t.TempDir()
	crashes(t, open, dir)
	reopen(t, open, dir)
	if got, want := dump(t, filepath.Join(dir, name)), dump(t, filepath.Join(whole, name)); got != want {
		t.Error("after crashes the shop is another one")
	}
	change(t, filepath.Join(dir, name), edit)
	changed := dump(t, filepath.Join(dir, name))
	reopen(t, open, dir)
	if dump(t, filepath.Join(dir, name)) != changed {
		t.Error("a later start filled the database again")
	}
}

// crashes opens the service again and again with a context that ends a little
// later each time, until it has ended while the database was being filled.
func crashes[S Service](t *testing.T, open Open[S], dir string) {
	t.Helper()
	for life := int64(5); ; life += 3 {
		service, err := open(newDyingContext(t.Context(), life), dir)
		switch {
		case err == nil:
			t.Errorf("opened after %d looks at the context and never died while filling: %v", life, service.Close())
			return
		case strings.Contains(err.Error(), "fill: insert into"):
			return
		}
	}
}

// dyingContext ends after its users looked at it so many times: the same point
// of the work on every machine.
type dyingContext struct {
	context.Context //nolint:containedctx // it is one

	cancel context.CancelFunc
	life   *atomic.Int64
}

func newDyingContext(parent context.Context, life int64) context.Context {
	ctx, cancel := context.WithCancel(parent)
	left := &atomic.Int64{}
	left.Store(life)
	return dyingContext{ctx, cancel, left}
}

// Done counts down.
func (d dyingContext) Done() <-chan struct{} {
	if d.life.Add(-1) <= 0 {
		d.cancel()
	}
	return d.Context.Done()
}

func reopen[S Service](t *testing.T, open Open[S], dir string) {
	t.Helper()
	service, err := open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Close(); err != nil {
		t.Fatal(err)
	}
}

// Plans wants every query to search an index: none may walk through a table or
// sort what it found.
func Plans(t *testing.T, file string, queries []string) {
	t.Helper()
	db := connect(t, file)
	for _, query := range queries {
		searches := 0
		for _, row := range table(t, db, "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...) {
			step := row[3]
			if searchesIndex(step) {
				searches++
			}
			if walksTable(step) || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s in %s", step, query)
			}
		}
		if searches == 0 {
			t.Errorf("no search in %s", query)
		}
	}
}

func searchesIndex(step string) bool {
	return strings.HasPrefix(step, "SEARCH ") && (strings.Contains(step, " INDEX ") || strings.Contains(step, " PRIMARY KEY "))
}

// walksTable says whether a step reads all of a table, and not just the list in
// a parameter or what a searching subquery found.
func walksTable(step string) bool {
	return strings.HasPrefix(step, "SCAN ") &&
		!strings.HasPrefix(step, "SCAN json_each VIRTUAL TABLE ") && !strings.HasPrefix(step, "SCAN (subquery")
}

// dump is a hash of all rows of all tables except the migrations' own.
func dump(t *testing.T, file string) string {
	t.Helper()
	db := connect(t, file)
	sum := sha256.New()
	names := table(t, db, "SELECT name FROM sqlite_schema "+
		"WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY name")
	for _, name := range names {
		sum.Write(fmt.Appendf(nil, "%q\n", name))
		for _, row := range table(t, db, "SELECT * FROM "+name[0]) { //nolint:unqueryvet // all is what is compared
			sum.Write(fmt.Appendf(nil, "%q\n", row))
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func change(t *testing.T, file, edit string) {
	t.Helper()
	if _, err := connect(t, file).ExecContext(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, db) })
	return db
}

func closed(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// table returns a query's rows, each cell as text.
func table(t *testing.T, db *sql.DB, query string, parameters ...any) [][]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, parameters...) //nolint:sqlclosecheck // closed closes
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer closed(t, rows)
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		row, cells := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range row {
			cells[i] = &row[i]
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(row))
		for i := range row {
			texts[i] = row[i].String
		}
		all = append(all, texts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
