package target_test

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"storefront/bench/internal/target"
)

// A program that was moved or renamed would be noticed only when somebody
// measures.
func TestProgramsAreWhereTheyAreSaidToBe(t *testing.T) {
	t.Parallel()

	for _, program := range []target.Program{
		target.Web(), target.Mobile(), target.TV(),
		target.PlainBFF(), target.PlainGqlgen(), target.Fixed(nil), target.FanOut(), target.FastFixed(nil), target.FastFanOut(),
	} {
		t.Run(program.Name, func(t *testing.T) {
			t.Parallel()

			folder, found := strings.CutPrefix(program.Package, "storefront/")
			if !found && program.Module == "" {
				t.Fatalf("%s is not of this module", program.Package)
			}

			folder = path.Join(program.Module, folder)

			if _, err := os.Stat(filepath.Join("..", "..", "..", filepath.FromSlash(folder), "main.go")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBuildSaysWhatTheCompilerSaid(t *testing.T) {
	t.Parallel()

	_, err := target.Build(t.Context(), target.Program{Name: "none", Package: "storefront/bench/none"}, t.TempDir())
	if err == nil || strings.Count(err.Error(), "storefront/bench/none") < 2 || !strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
}
