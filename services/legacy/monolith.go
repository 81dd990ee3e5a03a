package legacy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"storefront/services/internal/database"
	"storefront/services/internal/endpoint"
)

// Pictures say where pictures are: they have left the monolith already, and it
// links to where they went. Both are absolute URLs of http or https.
type Pictures struct {
	Users, Products string
}

// Monolith is the running monolith.
type Monolith struct {
	db       *database.DB
	store    *store
	pictures Pictures
}

// OpenMonolith opens monolith.db in the folder, or creates and fills it at the
// first start. Close releases it.
func OpenMonolith(ctx context.Context, dir string, pictures Pictures) (*Monolith, error) {
	for of, base := range map[string]*string{"user": &pictures.Users, "product": &pictures.Products} {
		if err := checkBase(*base); err != nil {
			return nil, fmt.Errorf("base URL of %s pictures: %w", of, err)
		}
		*base = strings.TrimSuffix(*base, "/")
	}
	db, err := database.Open(ctx, filepath.Join(dir, "monolith.db"), schema("monolith"), fillMonolith)
	if err != nil {
		return nil, err
	}
	store, err := newStore(ctx, db.Read)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Monolith{db, store, pictures}, nil
}

var errBase = errors.New("must be an absolute http or https URL without user info, query or fragment")

func checkBase(text string) error {
	base, err := url.Parse(text)
	if err != nil {
		return fmt.Errorf("%w: %w", errBase, err)
	}
	if (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.User != nil || strings.ContainsAny(text, "?#") {
		return fmt.Errorf("%w: %q", errBase, text)
	}
	return nil
}

// Handler serves the old API, GET /api/users/{id}, GET /api/products and GET
// /api/orders/{id}, whose answers are short unless detail=full is given, and
// what later clients were given, always in full: GET /api/products with user_id=
// or ids=, GET /api/products/{id} and GET /api/orders?user_id=.
func (m *Monolith) Handler() http.Handler {
	return endpoint.Handler(endpoint.Routes{
		"/api/users/{id}":    m.user,
		"/api/products":      m.products,
		"/api/products/{id}": m.product,
		"/api/orders":        m.orders,
		"/api/orders/{id}":   m.order,
	})
}

// Close closes the database. Nothing may be served any more.
func (m *Monolith) Close() error { return m.db.Close() }
