package strangler

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

const (
	// everyLook is how often the file is looked at. Asking for its size and time
	// works on every file system, through every kind of link, and needs no library;
	// what file systems tell by themselves is different on each, and lost on some.
	everyLook = 250 * time.Millisecond
	// tick is longer than the steps in which file systems tell the time: a file
	// that is younger may change again without looking different.
	tick = 2 * time.Second
	// everyTry is how often it is tried to write what could not be written: seldom,
	// for it waits for the lock, and roll-backs wait for that.
	everyTry = 5 * time.Second
)

// follow looks at the file until the end.
func (t *Table) follow(ctx context.Context) {
	ticker := time.NewTicker(everyLook)
	defer ticker.Stop()

	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			t.look(ctx)
		}
	}
}

// look takes a file that has changed, and writes what is owed to one that has
// not.
func (t *Table) look(ctx context.Context) {
	t.change.Lock()
	defer t.change.Unlock()

	t.take(ctx)
	t.writeAgain(ctx)
}

// take takes a file that has changed. One that is written in place, rather than
// replaced, may be half of itself: it is taken once it looks the same twice.
func (t *Table) take(ctx context.Context) {
	info, err := os.Stat(t.options.File)
	if err != nil {
		t.refuse(ctx, err)

		return
	}

	replaced := t.last == nil || !os.SameFile(t.last, info)
	changed := replaced || t.last.Size() != info.Size() || !t.last.ModTime().Equal(info.ModTime())
	waited := t.wait
	t.last, t.wait = info, changed && !replaced

	away := t.gone || t.now.Load().fileError != t.bad

	if t.wait || !changed && !waited && !away && time.Since(info.ModTime()) > tick {
		return
	}

	t.reread(ctx)
}

// reread puts in force what the file says, if that is new and can be.
func (t *Table) reread(ctx context.Context) {
	data, info, err := read(t.options.File)
	if err != nil {
		t.refuse(ctx, err)

		return
	}

	t.gone, t.last = false, info

	was := t.now.Load()

	seen := revision(data)
	if seen == t.seen {
		if was.fileError != t.bad { // It was away for a moment, and nobody has changed it.
			t.stand(&standing{document: was.document, unwritten: was.unwritten, fileError: t.bad})
		}

		return
	}

	t.seen, t.bad = seen, ""

	d, left, err := t.follows(data)
	if t.left = left; err != nil {
		t.options.Metrics.Reloaded("refused")
		t.bad = t.explain(err)
		t.stand(&standing{document: was.document, unwritten: was.unwritten, fileError: t.bad})
		t.options.Log.LogAttrs(ctx, slog.LevelError, "routes file refused, nothing has changed", slog.String("error", t.bad))

		return
	}

	t.options.Metrics.Reloaded("ok")
	t.stand(&standing{document: d})
	t.putInForce(ctx, d, origin{by: "file"})
}

// refuse says once that a file cannot be had.
func (t *Table) refuse(ctx context.Context, err error) {
	was := t.now.Load()
	why := "cannot be read: " + err.Error()

	if errors.Is(err, fs.ErrNotExist) {
		if t.gone { // It never was, or was said to be.
			return
		}

		why = "is not there any more"
		t.gone = true
	}

	if was.fileError == why {
		return
	}

	t.stand(&standing{document: was.document, unwritten: was.unwritten, fileError: why})
	t.options.Log.LogAttrs(ctx, slog.LevelError, "routes file cannot be had, nothing has changed", slog.String("error", why))
}

// explain is an error about the file in one line.
func (t *Table) explain(err error) string {
	if wrong, is := errors.AsType[*wrongError](err); is {
		return wrong.in(filepath.Base(t.options.File))
	}

	return err.Error()
}

// errNotRegular is a pipe, a socket or a device in the place of a file.
var errNotRegular = errors.New("is not a regular file")

// read reads a file, and no more of it than may be. It does not wait for anybody:
// whoever reads has the routes locked, for roll-backs too.
func read(file string) ([]byte, os.FileInfo, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|atOnce, 0) //nolint:gosec // The operator's file.
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // It names the file and what was tried.
	}

	defer func() { _ = f.Close() }() // It was only read.

	info, err := f.Stat()
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // As above.
	}

	if !info.Mode().IsRegular() && !info.IsDir() { // A folder says so by itself.
		return nil, nil, &fs.PathError{Op: "open", Path: file, Err: errNotRegular}
	}

	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // As above.
	}

	return data, info, nil
}
