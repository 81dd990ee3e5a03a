// Package order is the shop's order service: who ordered what, when, and what
// became of it.
//
// It stands for a system that another team runs. It owns its database file,
// answers over HTTP alone, and knows users and products by their ids only.
package order

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

// Service is the running order service.
type Service struct {
	db    *database.DB
	store *store
}

// Open opens order.db in the folder, or creates and fills it at the first
// start. Close releases it.
func Open(ctx context.Context, dir string) (*Service, error) {
	db, err := database.Open(ctx, filepath.Join(dir, "order.db"), migrations, fill)
	if err != nil {
		return nil, err
	}
	store, err := newStore(ctx, db.Read)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Service{db, store}, nil
}

// Handler serves GET /orders?user_id= and GET /orders/{id}.
func (s *Service) Handler() http.Handler {
	return endpoint.Handler(endpoint.Routes{
		"/orders":      s.orders,
		"/orders/{id}": s.order,
	})
}

// Close closes the database. Nothing may be served any more.
func (s *Service) Close() error { return s.db.Close() }
