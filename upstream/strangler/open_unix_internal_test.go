//go:build unix

package strangler

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// A pipe in the place of the file, which nobody writes to, is said to be wrong,
// and a roll-back does not wait for it.
func TestPipe(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		o := open(t, filepath.Join(t.TempDir(), "strangler.yaml"), usersNew)
		do(t, os.Remove(o.file))
		do(t, syscall.Mkfifo(o.file, 0o600))
		looked(2)

		if got, _ := o.shown(t)["file_error"].(string); !strings.Contains(got, "is not a regular file") {
			t.Errorf("shown is %q", got)
		}

		if got := decoded(t, o.ask(t, http.MethodPatch, "/strangler/routes/users", `{"mode":"old"}`)); got["not_written"] == nil {
			t.Errorf("it is said to be written: %v", got)
		}

		checkPlace(t, o, "old")

		_, err := Open(t.Context(), Options{File: o.file, Services: shopServices(), Metrics: benchMetrics()})
		if err == nil || !strings.Contains(err.Error(), "is not a regular file") {
			t.Errorf("opened: %v", err)
		}
	})
}
