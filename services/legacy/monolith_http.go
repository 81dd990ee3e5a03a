package legacy

import (
	"net/http"
	"net/url"

	"storefront/services/internal/endpoint"
	"storefront/services/internal/recommend"
)

// user answers GET /api/users/{id}.
func (m *Monolith) user(r *http.Request) (endpoint.Answer, error) {
	id, full, err := asked(r)
	if err != nil {
		return endpoint.Answer{}, err
	}
	u, err := m.store.userByID(r.Context(), id)
	if err != nil {
		return endpoint.Answer{}, err
	}
	if !full {
		return endpoint.JSON(endpoint.Unsaid, named{u.ID, u.Name})
	}
	u.ProfilePicture = m.pictures.Users + "/pictures/" + url.PathEscape(u.ID) + ".jpg"
	return endpoint.JSON(endpoint.Unsaid, u)
}

// order answers GET /api/orders/{id}.
func (m *Monolith) order(r *http.Request) (endpoint.Answer, error) {
	id, full, err := asked(r)
	if err != nil {
		return endpoint.Answer{}, err
	}
	o, err := m.store.orderByID(r.Context(), id)
	if err != nil {
		return endpoint.Answer{}, err
	}
	if !full {
		return endpoint.JSON(endpoint.Unsaid, billed{o.ID, o.Total})
	}
	return endpoint.JSON(endpoint.Unsaid, o)
}

// orders answers GET /api/orders?user_id=&limit=, the newest first.
func (m *Monolith) orders(r *http.Request) (endpoint.Answer, error) {
	query, err := endpoint.ParseQuery(r)
	if err != nil {
		return endpoint.Answer{}, err
	}
	userID, err := query.ID("user_id")
	if err != nil {
		return endpoint.Answer{}, err
	}
	limit, err := query.Limit()
	if err != nil {
		return endpoint.Answer{}, err
	}
	orders, err := m.store.ordersOfUser(r.Context(), userID, limit)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.Unsaid, orders)
}

// product answers GET /api/products/{id}.
func (m *Monolith) product(r *http.Request) (endpoint.Answer, error) {
	id, err := endpoint.ParseID("id", r.PathValue("id"))
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := m.store.productsByIDs(r.Context(), []string{id})
	if err != nil {
		return endpoint.Answer{}, err
	}
	if len(products) == 0 {
		return endpoint.Answer{}, endpoint.NotFound("no such product")
	}
	return endpoint.JSON(endpoint.Unsaid, m.illustrated(products)[0])
}

// products answers GET /api/products: the catalogue, or in full what is
// recommended for a user_id or the products that ids names.
func (m *Monolith) products(r *http.Request) (endpoint.Answer, error) {
	query, err := endpoint.ParseQuery(r)
	if err != nil {
		return endpoint.Answer{}, err
	}
	var products []product
	switch byUser, byIDs := query.Has("user_id"), query.Has("ids"); {
	case byUser && byIDs:
		err = endpoint.BadRequest("give user_id or ids, not both")
	case byUser:
		products, err = m.recommended(r, query)
	case byIDs:
		products, err = m.listed(r, query)
	default:
		return m.catalogue(r, query)
	}
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.Unsaid, m.illustrated(products))
}

func (m *Monolith) recommended(r *http.Request, query endpoint.Query) ([]product, error) {
	userID, err := query.ID("user_id")
	if err != nil {
		return nil, err
	}
	limit, err := query.Limit()
	if err != nil {
		return nil, err
	}
	ids, err := recommend.For(r.Context(), m.store, userID, limit)
	if err != nil {
		return nil, err
	}
	return m.store.productsByIDs(r.Context(), ids)
}

func (m *Monolith) listed(r *http.Request, query endpoint.Query) ([]product, error) {
	ids, err := query.IDs("ids")
	if err != nil {
		return nil, err
	}
	return m.store.productsByIDs(r.Context(), ids)
}

// catalogue answers GET /api/products?limit=.
func (m *Monolith) catalogue(r *http.Request, query endpoint.Query) (endpoint.Answer, error) {
	limit, err := query.Limit()
	if err != nil {
		return endpoint.Answer{}, err
	}
	full, err := query.Is("detail", "full")
	if err != nil {
		return endpoint.Answer{}, err
	}
	products, err := m.store.catalogue(r.Context(), limit)
	if err != nil {
		return endpoint.Answer{}, err
	}
	if full {
		return endpoint.JSON(endpoint.Unsaid, m.illustrated(products))
	}
	names := make([]named, len(products))
	for i, p := range products {
		names[i] = named{p.ID, p.Name}
	}
	return endpoint.JSON(endpoint.Unsaid, names)
}

// illustrated adds the addresses of images.
func (m *Monolith) illustrated(products []product) []product {
	for i, p := range products {
		products[i].Image = m.pictures.Products + "/images/" + url.PathEscape(p.ID) + ".jpg"
	}
	return products
}

// asked reads which thing is asked for, and whether in full.
func asked(r *http.Request) (id string, full bool, err error) {
	if id, err = endpoint.ParseID("id", r.PathValue("id")); err != nil {
		return "", false, err
	}
	query, err := endpoint.ParseQuery(r)
	if err != nil {
		return "", false, err
	}
	full, err = query.Is("detail", "full")
	return id, full, err
}
