package tv

import (
	"context"
	"strings"

	"storefront/internal/fanout"
	"storefront/internal/fresh"
	"storefront/internal/need"
	"storefront/internal/rest"
	"storefront/internal/wire"
	"storefront/upstream/product"
)

// The sections of the browse page, and what the absence of each means.
var browseProducts = fanout.Section{Name: "products", Need: need.Required}

// browseMaxProducts is the most that one page shows.
const browseMaxProducts = 20

type browseInput struct {
	rest.Conditional

	UserID rest.ID `doc:"The user's id." example:"user_1" path:"user_id"`
}

type browseView struct {
	Products []productView `doc:"Recommended for the user, best first." json:"products" maxItems:"20" nullable:"false"`

	rest.Partial
}

type productView struct {
	ID      wire.ID      `json:"id"`
	Name    string       `json:"name"`
	Price   wire.Number  `json:"price"`
	ImageHD *string      `doc:"URL of a large picture." json:"image_hd"`
	Rating  *wire.Number `doc:"Stars, 0 to 5."          json:"rating"`
}

func (b *BFF) browse(ctx context.Context, in browseInput) (browseView, fanout.Report, error) {
	products := fanout.Of(browseProducts, func(ctx context.Context) (fresh.Value[product.List], error) {
		return b.products.Recommended(ctx, string(in.UserID), browseMaxProducts)
	})

	report, err := fanout.Run(ctx, products)
	if err != nil {
		return browseView{}, report, err
	}

	return browseView{Products: shapeProducts(*products.Value())}, report, nil
}

func shapeProducts(list product.List) []productView {
	views := make([]productView, len(list))
	for i, p := range list {
		views[i] = productView{ID: p.ID, Name: p.Name, Price: p.Price, ImageHD: largeImage(p.Image), Rating: p.Rating}
	}

	return views
}

// largeImage names the large variant of a picture: the ending .jpg becomes
// _hd.jpg, a query string stays, any other picture is passed on as it is.
func largeImage(image *string) *string {
	if image == nil {
		return nil
	}

	path, query, hasQuery := strings.Cut(*image, "?")

	name, isJPEG := strings.CutSuffix(path, ".jpg")
	if !isJPEG {
		return image
	}

	large := name + "_hd.jpg"
	if hasQuery {
		large += "?" + query
	}

	return &large
}
