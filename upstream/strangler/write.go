package strangler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

var (
	// errMeanwhile is a file that somebody else has changed just now.
	errMeanwhile = errors.New("the routes file has changed meanwhile")
	errNoFile    = errors.New("no routes file is set")
)

// alteration is a change of the routes that is on its way.
type alteration struct {
	origin

	next     func(*document) ([]byte, error) // what the file is to say
	replaces bool                            // all of it, so that a bad file may go
	target   string                          // the file that is written
	locked   error                           // why it cannot be
}

// alter changes the routes: it takes what the file says by now, has what it says
// next be made of that, writes it, and puts it in force. Where it cannot be
// written it is in force in this process alone, which is logged and shown: who
// has to go back to the old system in the night is not to be kept from it by a
// disk. A file that is bad is somebody's work and is left alone, unless this
// replaces all of it.
//
// The error is that of next, or a *wrongError of what it made.
func (t *Table) alter(ctx context.Context, from origin, replaces bool, next func(*document) ([]byte, error)) error {
	t.change.Lock()
	defer t.change.Unlock()

	a := alteration{origin: from, next: next, replaces: replaces, locked: errNoFile}

	if t.options.File != "" {
		var unlock func()

		a.target = resolve(t.options.File)
		if unlock, a.locked = lock(a.target); a.locked == nil {
			defer unlock()
		}
	}

	const tries = 10 // Somebody who saves it that often in a moment is not human.

	for try := 1; ; try++ {
		if t.options.File != "" {
			t.reread(ctx)
		}

		if err := t.alterOnce(ctx, a, try == tries); !errors.Is(err, errMeanwhile) {
			return err
		}
	}
}

// alterOnce fails with errMeanwhile where the file has changed under it, but not
// the last time.
func (t *Table) alterOnce(ctx context.Context, a alteration, last bool) error {
	was := t.now.Load()

	data, err := a.next(was.document)
	if err != nil {
		return err
	}

	inFile := was.fileError == "" && was.unwritten == ""
	if bytes.Equal(data, was.document.data) && inFile {
		return nil // Nothing is to change, and nothing is owed to the file.
	}

	d, _, err := t.follows(data)
	if err != nil {
		return err
	}

	now := &standing{document: d}

	if err := t.writeOver(was, a, data); err != nil {
		if errors.Is(err, errMeanwhile) && !last {
			return err
		}

		now.fileError, now.unwritten, t.tried = was.fileError, err.Error(), time.Now()
		t.options.Log.LogAttrs(ctx, slog.LevelWarn, "routes changed in this process alone, not written", slog.String("error", err.Error()))
	}

	t.stand(now)
	t.putInForce(ctx, d, a.origin)

	// By now the file may have what it left out. Where it knows nothing of an earlier
	// change it would undo that: somebody has to save it again.
	if t.left && was.unwritten == "" {
		t.seen = ""
		t.reread(ctx)
	}

	return nil
}

// stand notes what the routes in force came from.
func (t *Table) stand(now *standing) {
	t.now.Store(now)
	t.options.Metrics.NotWritten(now.unwritten != "")
}

// writeAgain writes what could not be written when it was put in force, unless
// the file says something else by now. It is for a file that is looked at while
// t.change is held.
func (t *Table) writeAgain(ctx context.Context) {
	was := t.now.Load()
	if bad := was.fileError != "" && !t.gone; was.unwritten == "" || bad || t.wait || time.Since(t.tried) < everyTry {
		return
	}

	target := resolve(t.options.File)

	unlock, err := lock(target)
	if err == nil {
		defer unlock()

		t.reread(ctx) // Whoever had the lock may have changed it.

		if t.now.Load() != was {
			return
		}

		err = t.write(target, was.document.data)
	}

	if t.tried = time.Now(); err != nil {
		return // It was said when it was put in force, and is shown until it is written.
	}

	t.stand(&standing{document: was.document})
	t.options.Log.LogAttrs(ctx, slog.LevelInfo, "routes written that could not be before", slog.String("revision", was.document.revision()))
}

// writeOver writes the file where it may.
func (t *Table) writeOver(was *standing, a alteration, data []byte) error {
	switch {
	case a.locked != nil:
		return a.locked
	case was.fileError != "" && !t.gone && !a.replaces:
		return errors.New("the file is bad: " + was.fileError) //nolint:err113 // For people.
	default:
		return t.write(a.target, data)
	}
}

// write replaces the file, if it still is as it was read: at every moment there
// is a whole file, the one before or the one after.
func (t *Table) write(target string, data []byte) (err error) {
	const readable = 0o644

	mode := fs.FileMode(readable)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}

	f, err := os.CreateTemp(filepath.Dir(target), partOf(target)+"*")
	if err != nil {
		return fmt.Errorf("write the routes file: %w", err)
	}

	defer func() {
		_ = f.Close() // A second time, where all went well.

		if err != nil {
			_ = os.Remove(f.Name()) // What failed first is told.
		}
	}()

	if _, err = f.Write(data); err == nil {
		err = errors.Join(f.Chmod(mode), f.Sync(), f.Close())
	}

	if err != nil {
		return fmt.Errorf("write the routes file: %w", err)
	}

	if current, _, err := read(target); err == nil && revision(current) != t.seen || t.gone && !errors.Is(err, fs.ErrNotExist) {
		return errMeanwhile
	}

	if err = os.Rename(f.Name(), target); err != nil {
		return fmt.Errorf("write the routes file: %w", err)
	}

	t.seen, t.bad, t.gone, t.wait, t.left = revision(data), "", false, false, false
	t.last, _ = os.Stat(target) // Where it is gone again it is read again.

	return syncDir(filepath.Dir(target))
}

// syncDir has a new name in a folder survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // The operator's folder.
	if err != nil {
		return nil //nolint:nilerr // The file is written; some folders may not be read.
	}

	_ = d.Sync() // Not every file system can.
	_ = d.Close()

	return nil
}

// resolve is the file that a name leads to: what is written is that one, and a
// link stays a link.
func resolve(file string) string {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		return target
	}

	return file
}
