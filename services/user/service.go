// Package user is the shop's user service: who the customers are, and a picture
// for each.
//
// It stands for a system that another team runs. It owns its database file,
// answers over HTTP alone, and knows nothing of products, orders or the BFFs.
package user

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"path/filepath"

	"storefront/services/internal/database"
	"storefront/services/internal/endpoint"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Service is the running user service.
type Service struct {
	db     *database.DB
	store  *store
	artist artist
}

// Open opens user.db in the folder, or creates and fills it at the first start.
// Close releases it.
func Open(ctx context.Context, dir string) (*Service, error) {
	artist, err := newArtist()
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, filepath.Join(dir, "user.db"), migrations, fill)
	if err != nil {
		return nil, err
	}
	store, err := newStore(ctx, db.Read)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Service{db, store, artist}, nil
}

// Handler serves GET /users/{id} and GET /pictures/{id}.jpg.
func (s *Service) Handler() http.Handler {
	return endpoint.Handler(endpoint.Routes{
		"/users/{id}":      s.user,
		"/pictures/{file}": s.picture,
	})
}

// Close closes the database. Nothing may be served any more.
func (s *Service) Close() error { return s.db.Close() }
