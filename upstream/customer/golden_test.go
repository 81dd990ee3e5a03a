package customer_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/telemetry"
	"storefront/upstream/customer"
)

var update = flag.Bool("update", false, "rewrite testdata/golden/*.json with what is so now; review what changes")

// golden is what becomes of their bytes.
type golden struct {
	Customer *customer.Customer `json:"customer,omitempty"`
	Rejected string             `json:"rejected,omitempty"` // for the log
	Counted  []string           `json:"counted"`            // the series of metrics that are not 0
}

// TestGolden: each rule for bad data is a pair of files, their bytes and what they
// are taken for.
func TestGolden(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/golden/*.in")
	if err != nil || len(files) == 0 {
		t.Fatalf("%q, %v", files, err)
	}

	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".in"), func(t *testing.T) {
			t.Parallel()

			body, err := os.ReadFile(file) //nolint:gosec // A file of this folder.
			if err != nil {
				t.Fatal(err)
			}

			out := strings.TrimSuffix(file, ".in") + ".json"
			got := taken(t, string(body))

			if *update {
				if err = os.WriteFile(out, []byte(got), 0o600); err != nil { //nolint:gosec // A file of this folder.
					t.Fatal(err)
				}
			}

			want, err := os.ReadFile(out) //nolint:gosec // A file of this folder.
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// taken is what the record of 12345 is taken for, as a golden file has it.
func taken(t *testing.T, body string) string {
	t.Helper()

	metrics := telemetry.NewMetrics()
	client := customer.New(service("http://legacy.test", says(body)), customer.NewCounts(metrics, "test"))

	var is golden

	got, err := client.Get(t.Context(), "12345")
	if err != nil {
		is.Rejected = err.Error()
	} else {
		is.Customer = &got.Of
	}

	is.Counted = counted(t, metrics)

	text, err := json.MarshalIndent(is, "", "  ")
	if err != nil {
		t.Fatal(err)
	}

	return string(text) + "\n"
}
