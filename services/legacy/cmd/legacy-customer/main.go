// Command legacy-customer runs the legacy customer system alone. ADDR says where
// it listens and DATA_DIR where it keeps its data.
package main

import (
	"os"

	"storefront/services/internal/run"
	"storefront/services/legacy"
)

func main() {
	os.Exit(run.Main("legacy customer system", "127.0.0.1:7004", legacy.OpenCustomer))
}
