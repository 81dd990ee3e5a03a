package order

import (
	"net/http"

	"storefront/services/internal/endpoint"
)

// orders answers GET /orders?user_id=&limit=, the newest first.
func (s *Service) orders(r *http.Request) (endpoint.Answer, error) {
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
	orders, err := s.store.ofUser(r.Context(), userID, limit)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.Private, orders)
}

// order answers GET /orders/{id}.
func (s *Service) order(r *http.Request) (endpoint.Answer, error) {
	id, err := endpoint.ParseID("id", r.PathValue("id"))
	if err != nil {
		return endpoint.Answer{}, err
	}
	o, err := s.store.byID(r.Context(), id)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.JSON(endpoint.Private, o)
}
