// Package database opens a service's own database file: it brings the schema up
// to date, fills it at the first start and hands back two ways in.
//
// It knows SQLite and migrations; tables, rows and queries belong to the
// services.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// DB is one open database file. SQLite lets many read while one writes, so
// there is a pool for reading and a single connection for writing.
type DB struct {
	Read  *sql.DB // refuses to change anything
	Write *sql.DB // one connection; its transactions take the write lock at once
}

// Fill puts the first rows into an empty, migrated database.
type Fill func(ctx context.Context, tx *sql.Tx) error

// Open opens the database file, which it creates with its folder where there is
// none, applies the missing migrations (migrations/*.sql of files) and calls fill
// if that never succeeded before. Filling is one transaction together with the
// note that it happened: a process killed half way leaves an empty database
// behind, and the next start fills it again.
func Open(ctx context.Context, file string, files fs.FS, fill Fill) (*DB, error) {
	file, err := place(file)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	db, err := connect(file)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", filepath.Base(file), err)
	}
	if err := prepare(ctx, db.Write, file, files, fill); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", filepath.Base(file), err), db.Close())
	}
	return db, nil
}

// Close closes both ways in. The writer goes last: it tidies up the file.
func (db *DB) Close() error { return errors.Join(db.Read.Close(), db.Write.Close()) }

// place makes the file's folder and returns the file's full path.
func place(file string) (string, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find the folder: %w", err)
	}
	const ownerAndGroup = 0o750
	if err := os.MkdirAll(filepath.Dir(file), ownerAndGroup); err != nil {
		return "", fmt.Errorf("make the folder: %w", err)
	}
	return file, nil
}

// fewestReaders may read at the same time, however small the machine is: a
// reader that waits for the disk holds up nobody else.
const fewestReaders = 4

// connect opens no file yet: database/sql connects when it is first asked.
func connect(file string) (*DB, error) {
	write, err := sql.Open("sqlite", dsn(file, settings()))
	if err != nil {
		return nil, fmt.Errorf("open to write: %w", err)
	}
	write.SetMaxOpenConns(1)
	readOnly := settings()
	readOnly.Set("_query_only", "on")
	read, err := sql.Open("sqlite", dsn(file, readOnly))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open to read: %w", err), write.Close())
	}
	readers := max(fewestReaders, runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{Read: read, Write: write}, nil
}

// settings are what every connection to a service's data is set to.
func settings() url.Values {
	return url.Values{
		"_busy_timeout": {busyTimeout},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"NORMAL"}, // in WAL mode a power cut loses the last commits at worst, never the file
		"_foreign_keys": {"on"},
		"_txlock":       {"immediate"},
		"_dqs":          {"0"}, // "text" in double quotes is an error, not a string
	}
}

// busyTimeout is how many milliseconds to wait for another process's lock.
const busyTimeout = "5000"

// dsn writes the file as a URI, in which any character of a path is safe.
func dsn(file string, settings url.Values) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/data on Windows
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}).String()
}
