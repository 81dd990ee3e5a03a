package database

import (
	"context"
	"database/sql"
	"encoding/json"
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

// Listed runs a query whose one parameter is a JSON list of ids, such as
// "… WHERE id IN (SELECT value FROM json_each(?))": one statement for any number
// of them. It returns the rows in the order of ids, without those not found; key
// says which id a row has.
func Listed[T any](ctx context.Context, query *sql.Stmt, cells func(*T) []any, key func(*T) string, ids []string) ([]T, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode ids: %w", err)
	}
	found, err := All(ctx, query, cells, string(list))
	if err != nil {
		return nil, err
	}
	known := make(map[string]T, len(found))
	for _, row := range found {
		known[key(&row)] = row
	}
	ordered := make([]T, 0, len(found))
	for _, id := range ids {
		if row, ok := known[id]; ok {
			ordered = append(ordered, row)
		}
	}
	return ordered, nil
}

// Cell is the cells of a row that is one value.
func Cell[T any](value *T) []any { return []any{value} }
