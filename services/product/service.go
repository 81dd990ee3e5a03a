// Package product is the shop's product service: what is for sale, what to
// recommend to whom, and a picture of each thing.
//
// It stands for a system that another team runs. It owns its database file,
// answers over HTTP alone, and knows nothing of the BFFs. Of users and orders it
// knows the one thing it needs to recommend: who bought how many of what.
package product

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

// Service is the running product service.
type Service struct {
	db     *database.DB
	store  *store
	artist artist
}

// Open opens product.db in the folder, or creates and fills it at the first
// start. Close releases it.
func Open(ctx context.Context, dir string) (*Service, error) {
	artist, err := newArtist()
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, filepath.Join(dir, "product.db"), migrations, fill)
	if err != nil {
		return nil, err
	}
	store, err := newStore(ctx, db.Read)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Service{db, store, artist}, nil
}

// Handler serves GET /products, alone or with user_id= or ids=, GET
// /products/{id}, GET /images/{id}.jpg and GET /images/{id}_hd.jpg.
func (s *Service) Handler() http.Handler {
	return endpoint.Handler(endpoint.Routes{
		"/products":      s.products,
		"/products/{id}": s.product,
		"/images/{file}": s.picture,
	})
}

// Close closes the database. Nothing may be served any more.
func (s *Service) Close() error { return s.db.Close() }
