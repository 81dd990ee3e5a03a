package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/pressly/goose/v3"
)

// prepare migrates and fills, one process at a time.
func prepare(ctx context.Context, db *sql.DB, file string, files fs.FS, fill Fill) (err error) {
	unlock, err := lock(ctx, file+".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := migrate(ctx, db, files); err != nil {
		return err
	}
	return fillOnce(ctx, db, fill)
}

// lock waits until no other process holds the lock file, which is an empty
// database: the system lets go of its lock when a process dies.
func lock(ctx context.Context, file string) (unlock func() error, err error) {
	db, err := sql.Open("sqlite", dsn(file, url.Values{"_busy_timeout": {busyTimeout}, "_txlock": {"immediate"}}))
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("wait for the lock: %w", err), db.Close())
	}
	return func() error {
		_ = tx.Rollback() // over already, if the context has ended
		return db.Close()
	}, nil
}

func migrate(ctx context.Context, db *sql.DB, files fs.FS) error {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// filled is the user_version of a database whose Fill succeeded. SQLite keeps
// that number in the file's header and changes it with the transaction.
const filled = 1

func fillOnce(ctx context.Context, db *sql.DB, fill Fill) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to fill: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit; otherwise the error at hand says more
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("look whether it is filled: %w", err)
	}
	if version == filled {
		return nil
	}
	if err := fill(ctx, tx); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", filled)); err != nil {
		return fmt.Errorf("note that it is filled: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit what was filled: %w", err)
	}
	return nil
}
