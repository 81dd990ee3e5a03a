package database

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
)

// batch is how many rows one INSERT carries: each statement has a price of its
// own, and SQLite takes 32,766 parameters at most.
const batch = 100

// Rows makes a row of each thing.
func Rows[T any](things []T, row func(T) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, thing := range things {
			if !yield(row(thing)) {
				return
			}
		}
	}
}

// PartRows makes a row of each part of each thing, told the part's place in it.
func PartRows[T, P any](things []T, parts func(T) []P, row func(T, int, P) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, thing := range things {
			for i, part := range parts(thing) {
				if !yield(row(thing, i, part)) {
					return
				}
			}
		}
	}
}

// Insert puts rows into the columns of a table, given as "table (a, b, c)". All
// rows have as many values as there are columns.
func Insert(ctx context.Context, tx *sql.Tx, into string, rows iter.Seq[[]any]) error {
	columns := strings.Count(into, ",") + 1
	values := make([]any, 0, batch*columns)
	for row := range rows {
		if values = append(values, row...); len(values) < cap(values) {
			continue
		}
		if err := insert(ctx, tx, into, columns, values); err != nil {
			return err
		}
		values = values[:0]
	}
	if len(values) == 0 {
		return nil
	}
	return insert(ctx, tx, into, columns, values)
}

func insert(ctx context.Context, tx *sql.Tx, into string, columns int, values []any) error {
	row := "(?" + strings.Repeat(", ?", columns-1) + ")"
	rows := row + strings.Repeat(", "+row, len(values)/columns-1)
	query := "INSERT INTO " + into + " VALUES " + rows //nolint:gosec // names from the code; values are parameters
	if _, err := tx.ExecContext(ctx, query, values...); err != nil {
		return fmt.Errorf("insert into %s: %w", into, err)
	}
	return nil
}
