// Command user-service runs the user service alone. ADDR says where it listens
// and DATA_DIR where it keeps its data.
package main

import (
	"os"

	"storefront/services/internal/run"
	"storefront/services/user"
)

func main() {
	os.Exit(run.Main("user service", "127.0.0.1:7001", user.Open))
}
