package product

import (
	"net/http"
	"net/url"
	"strings"

	"storefront/services/internal/endpoint"
	"storefront/services/internal/recommend"
)

// products answers GET /products: what is recommended for a user_id, the
// products that ids names, or the catalogue.
func (s *Service) products(r *http.Request) (endpoint.Answer, error) {
	query, err := endpoint.ParseQuery(r)
	if err != nil {
		return endpoint.Answer{}, err
	}
	switch byUser, byIDs := query.Has("user_id"), query.Has("ids"); {
	case byUser && byIDs:
		return endpoint.Answer{}, endpoint.BadRequest("give user_id or ids, not both")
	case byUser:
		return s.recommendedFor(r, query)
	case byIDs:
		return s.listed(r, query)
	default:
		return s.catalogue(r, query)
	}
}

// recommendedFor answers GET /products?user_id=&limit=.
func (s *Service) recommendedFor(r *http.Request, query endpoint.Query) (endpoint.Answer, error) {
	userID, err := query.ID("user_id")
	if err != nil {
		return endpoint.Answer{}, err
	}
	limit, err := query.Limit()
	if err != nil {
		return endpoint.Answer{}, err
	}
	ids, err := recommend.For(r.Context(), s.store, userID, limit)
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := s.illustrated(r, ids)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.Private, products)
}

// listed answers GET /products?ids=.
func (s *Service) listed(r *http.Request, query endpoint.Query) (endpoint.Answer, error) {
	ids, err := query.IDs("ids")
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := s.illustrated(r, ids)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.PublicMinute, products)
}

// catalogue answers GET /products?limit=, the first products for sale.
func (s *Service) catalogue(r *http.Request, query endpoint.Query) (endpoint.Answer, error) {
	limit, err := query.Limit()
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := s.store.catalogue(r.Context(), limit)
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err = illustrate(r, products)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.PublicMinute, products)
}

// product answers GET /products/{id}.
func (s *Service) product(r *http.Request) (endpoint.Answer, error) {
	id, err := endpoint.ParseID("id", r.PathValue("id"))
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := s.illustrated(r, []string{id})
	if err != nil {
		return endpoint.Answer{}, err
	}
	if len(products) == 0 {
		return endpoint.Answer{}, endpoint.NotFound("no such product")
	}
	return endpoint.JSON(endpoint.PublicMinute, products[0])
}

// picture answers GET /images/{id}.jpg and its _hd variant.
func (s *Service) picture(r *http.Request) (endpoint.Answer, error) {
	name, isPicture := strings.CutSuffix(r.PathValue("file"), ".jpg")
	if !isPicture {
		return endpoint.Answer{}, endpoint.NotFound("pictures end in .jpg")
	}
	name, hd := strings.CutSuffix(name, "_hd")
	id, err := endpoint.ParseID("id", name)
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := s.store.byIDs(r.Context(), []string{id})
	if err != nil {
		return endpoint.Answer{}, err
	}
	if len(products) == 0 {
		return endpoint.Answer{}, endpoint.NotFound("no such product")
	}
	svg, err := s.artist.draw(products[0], hd)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.Picture(svg), nil
}

// illustrated returns the products of those ids with their images.
func (s *Service) illustrated(r *http.Request, ids []string) ([]product, error) {
	products, err := s.store.byIDs(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	return illustrate(r, products)
}

// illustrate adds the addresses of images at the host that the client asked.
func illustrate(r *http.Request, products []product) ([]product, error) {
	base, err := endpoint.BaseURL(r)
	if err != nil {
		return nil, err
	}
	for i := range products {
		products[i].Image = base + "/images/" + url.PathEscape(products[i].ID) + ".jpg"
	}
	return products, nil
}
