//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package strangler

import (
	"net/http"
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
