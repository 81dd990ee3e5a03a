package front_test

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// client keeps no connection, which would outlive a test.
func client() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }
