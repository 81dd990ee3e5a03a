package user

import (
	"net/http"
	"net/url"
	"strings"

	"storefront/services/internal/endpoint"
)

// user answers GET /users/{id}.
func (s *Service) user(r *http.Request) (endpoint.Answer, error) {
	id, err := endpoint.ParseID("id", r.PathValue("id"))
	if err != nil {
		return endpoint.Answer{}, err
	}
	base, err := endpoint.BaseURL(r)
	if err != nil {
		return endpoint.Answer{}, err
	}
	u, err := s.store.byID(r.Context(), id)
	if err != nil {
		return endpoint.Answer{}, err
	}
	u.ProfilePicture = base + "/pictures/" + url.PathEscape(u.ID) + ".jpg"
	return endpoint.JSON(endpoint.Private, u)
}

// picture answers GET /pictures/{id}.jpg with the user's initials.
func (s *Service) picture(r *http.Request) (endpoint.Answer, error) {
	name, isPicture := strings.CutSuffix(r.PathValue("file"), ".jpg")
	if !isPicture {
		return endpoint.Answer{}, endpoint.NotFound("pictures end in .jpg")
	}
	id, err := endpoint.ParseID("id", name)
	if err != nil {
		return endpoint.Answer{}, err
	}
	u, err := s.store.byID(r.Context(), id)
	if err != nil {
		return endpoint.Answer{}, err
	}
	svg, err := s.artist.draw(u)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return endpoint.Picture(svg), nil
}
