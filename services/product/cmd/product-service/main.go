// Command product-service runs the product service alone. ADDR says where it
// listens and DATA_DIR where it keeps its data.
package main

import (
	"os"

	"storefront/services/internal/run"
	"storefront/services/product"
)

func main() {
	os.Exit(run.Main("product service", "127.0.0.1:7002", product.Open))
}
