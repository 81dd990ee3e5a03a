// Command order-service runs the order service alone. ADDR says where it
// listens and DATA_DIR where it keeps its data.
package main

import (
	"os"

	"storefront/services/internal/run"
	"storefront/services/order"
)

func main() {
	os.Exit(run.Main("order service", "127.0.0.1:7003", order.Open))
}
