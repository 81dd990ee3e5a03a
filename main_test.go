package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// asProgram in the environment makes the test binary the program itself, so
// that a test can send it signals and read its exit code.
const asProgram = "STOREFRONT_TEST_AS_PROGRAM"

// update is set by `go test . -update`.
var update = flag.Bool("update", false, "rewrite testdata/golden and the settings in README.md; review what changes")

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}

	flag.Parse()

	if err := waitSideBySide(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	os.Exit(runTests(m))
}

// waitSideBySide has more tests run at once than there are processors, unless
// -parallel says how many: most of them wait for budgets to be spent.
func waitSideBySide() error {
	const (
		name   = "test.parallel"
		atOnce = "8"
	)

	isSet := false

	flag.Visit(func(f *flag.Flag) { isSet = isSet || f.Name == name })

	if isSet {
		return nil
	}

	return flag.Set(name, atOnce)
}

// runTests fails the run when a goroutine outlives the tests, whichever of them
// left it.
func runTests(m *testing.M) int {
	code := m.Run()
	if code != 0 {
		return code
	}

	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	return 0
}
