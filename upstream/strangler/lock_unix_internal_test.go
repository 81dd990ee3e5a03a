//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package strangler

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// Who holds the lock for long holds nobody up for long.
func TestLockIsWaitedFor(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		file := yamlFile(t)

		unlock, err := lock(file)
		do(t, err)

		defer unlock()

		start := time.Now() // Of virtual time.
		_, err = lock(file)

		if waited := time.Since(start); err == nil || waited > 300*time.Millisecond {
			t.Errorf("waited for %s: %v", waited, err)
		}
	})
}

// A lock that is not had leaves no file open.
func TestLockLeavesNothingOpen(t *testing.T) {
	t.Parallel()

	const open = "/proc/self/fd"
	if _, err := os.Stat(open); err != nil {
		t.Skip("there is nowhere to see it")
	}

	synctest.Test(t, func(t *testing.T) {
		file := yamlFile(t)

		unlock, err := lock(file)
		do(t, err)

		defer unlock()

		for range 3 {
			if _, err := lock(file); err == nil {
				t.Error("it was had twice")
			}
		}

		all, err := os.ReadDir(open)
		do(t, err)

		held := 0

		for _, one := range all {
			if target, err := os.Readlink(filepath.Join(open, one.Name())); err == nil && target == file+".lock" {
				held++
			}
		}

		if held != 1 {
			t.Errorf("it is open %d times", held)
		}
	})
}

// Whoever had the lock may have changed the file: that is seen at once, and not
// written over by what is owed to it.
func TestOwedUnderTheLock(t *testing.T) {
	t.Parallel()

	const theirs = usersRoute + "  mode: shadow\n"

	synctest.Test(t, func(t *testing.T) {
		o := open(t, yamlFile(t), usersNew)

		do(t, os.Mkdir(o.file+".lock", 0o700))

		if moved, err := o.move(move{"users", place{ModeNew, 0}, place{ModeOld, 0}, "guard", ""}); err != nil || !moved {
			t.Fatal(moved, err)
		}

		do(t, os.Remove(o.file+".lock"))

		// They have it from before the look in which it is tried again until after that.
		look := time.Now().Add(everyTry - 1).Truncate(everyLook).Add(everyLook)
		time.Sleep(time.Until(look) - everyLook/2)

		unlock, err := lock(o.file)
		do(t, err)

		time.Sleep(everyLook)
		save(t, o.file, theirs)
		unlock()
		time.Sleep(everyLook / 5) // Before the next look.

		checkPlace(t, o, "shadow")

		if got := o.content(t); got != theirs {
			t.Errorf("the file is\n%s", got)
		}
	})
}

// What is changed meanwhile is in force here, which is told, and is written with
// the next change.
func TestLockIsHeld(t *testing.T) {
	t.Parallel()

	o := open(t, yamlFile(t), usersNew)

	unlock, err := lock(o.file)
	do(t, err)

	if answer := o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"old"}`); answer.StatusCode != http.StatusAccepted || decoded(t, answer)["not_written"] == nil || o.content(t) != usersNew {
		t.Errorf("%d, and the file is\n%s", answer.StatusCode, o.content(t))
	}

	checkPlace(t, o, "old")
	unlock()

	if answer := o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"shadow"}`); answer.StatusCode != http.StatusOK || decoded(t, answer)["not_written"] != nil {
		t.Error(answer.Status)
	}
}
