// Command monolith runs the monolith alone. ADDR says where it listens, DATA_DIR
// where it keeps its data, and USER_PICTURES_URL and PRODUCT_PICTURES_URL where
// the pictures are that it links to: at the user and the product service, in
// their own programs' places where nothing is set.
package main

import (
	"cmp"
	"context"
	"os"

	"storefront/services/internal/run"
	"storefront/services/legacy"
)

func main() {
	pictures := legacy.Pictures{
		Users:    cmp.Or(os.Getenv("USER_PICTURES_URL"), "http://127.0.0.1:7001"),
		Products: cmp.Or(os.Getenv("PRODUCT_PICTURES_URL"), "http://127.0.0.1:7002"),
	}
	os.Exit(run.Main("monolith", "127.0.0.1:7005", func(ctx context.Context, dir string) (*legacy.Monolith, error) {
		return legacy.OpenMonolith(ctx, dir, pictures)
	}))
}
