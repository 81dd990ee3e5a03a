package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Prepare prepares each query into the statement beside it, so that a mistake
// in one stops the start and not a request. The statements live until the
// database is closed.
func Prepare(ctx context.Context, db *sql.DB, queries map[string]**sql.Stmt) error {
	for query, statement := range queries {
		prepared, err := db.PrepareContext(ctx, query) //nolint:sqlclosecheck // lives as long as the database
		if err != nil {
			return fmt.Errorf("prepare %q: %w", query, err)
		}
		*statement = prepared
	}
	return nil
}

// All runs a query and returns its rows; cells says where the columns of a row
// go. No rows are an empty slice, never nil.
func All[T any](ctx context.Context, query *sql.Stmt, cells func(*T) []any, parameters ...any) (_ []T, err error) {
	rows, err := query.QueryContext(ctx, parameters...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	all := []T{}
	for rows.Next() {
		var row T
		if err := rows.Scan(cells(&row)...); err != nil {
			return nil, fmt.Errorf("read a row: %w", err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	return all, nil
}

// One runs a query that finds one row or none, and says whether it found it.
func One[T any](ctx context.Context, query *sql.Stmt, cells func(*T) []any, parameters ...any) (row T, found bool, err error) {
	all, err := All(ctx, query, cells, parameters...)
	if err != nil || len(all) == 0 {
		return row, false, err
	}
	return all[0], true, nil
}
