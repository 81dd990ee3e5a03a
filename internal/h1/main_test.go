package h1_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(benchServer) != "" { // a benchmark's other process
		serveBench()

		return
	}

	goleak.VerifyTestMain(m)
}
