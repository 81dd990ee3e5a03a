package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/vikstrous/dataloadgen"
	"golang.org/x/sync/errgroup"

	"storefront/bench/peer/plaingqlgen/model"
)

var (
	errStatus  = errors.New("the status is not 200")
	errMissing = errors.New("no such product")
)

// services calls the services as a careful hand would with net/http alone:
// connections are kept, answers are read to their end.
type services struct {
	http                        *http.Client
	user, product, order, posts string // base URLs
}

func newServices() *services {
	const timeout, idle = 5 * time.Second, 512

	transport := &http.Transport{MaxIdleConns: idle, MaxIdleConnsPerHost: idle, DisableCompression: true}

	return &services{
		http: &http.Client{Timeout: timeout, Transport: transport},
		user: os.Getenv("USER_SERVICE_URL"), product: os.Getenv("PRODUCT_SERVICE_URL"),
		order: os.Getenv("ORDER_SERVICE_URL"), posts: os.Getenv("POSTS_SERVICE_URL"),
	}
}

// get calls a service and decodes what it says.
func get[T any](ctx context.Context, s *services, url string) (value T, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return value, fmt.Errorf("%s: %w", url, err)
	}

	response, err := s.http.Do(request)
	if err != nil {
		return value, err //nolint:wrapcheck // It holds the method and the URL.
	}
	defer func() { _ = response.Body.Close() }() // It was read to its end, or is of no use.

	if response.StatusCode != http.StatusOK {
		return value, fmt.Errorf("%s: %w", url, errStatus)
	}

	body, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(body, &value)
	}

	if err != nil {
		return value, fmt.Errorf("%s: %w", url, err)
	}

	return value, nil
}

// loaders gather what the resolvers of one request need.
type loaders struct {
	products *dataloadgen.Loader[string, *model.Product]
	users    *dataloadgen.Loader[int, *model.PostUser]
}

type loadersKey struct{}

// withLoaders gives each request loaders of its own.
func (s *services) withLoaders(next http.Handler) http.Handler {
	const wait = time.Millisecond // The library's own is 16 ms.

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), loadersKey{}, &loaders{
			products: dataloadgen.NewLoader(s.loadProducts, dataloadgen.WithWait(wait)),
			users:    dataloadgen.NewLoader(s.loadUsers, dataloadgen.WithWait(wait)),
		})

		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func loadersOf(ctx context.Context) *loaders {
	return ctx.Value(loadersKey{}).(*loaders) //nolint:forcetypeassert // withLoaders has put it there.
}

// loadProducts asks for all products in one call.
func (s *services) loadProducts(ctx context.Context, ids []string) ([]*model.Product, []error) {
	list, err := get[[]*model.Product](ctx, s, s.product+"/products?ids="+strings.Join(ids, ","))
	if err != nil {
		return nil, []error{err}
	}

	byID := make(map[string]*model.Product, len(list))
	for _, product := range list {
		byID[product.ID] = product
	}

	products, errs := make([]*model.Product, len(ids)), make([]error, len(ids))

	for i, id := range ids {
		if products[i] = byID[id]; products[i] == nil {
			errs[i] = errMissing
		}
	}

	return products, errs
}

// loadUsers asks for users side by side: their service knows no batches.
func (s *services) loadUsers(ctx context.Context, ids []int) ([]*model.PostUser, []error) {
	users := make([]*model.PostUser, len(ids))
	group, ctx := errgroup.WithContext(ctx)

	for i, id := range ids {
		group.Go(func() (err error) {
			users[i], err = get[*model.PostUser](ctx, s, s.posts+"/posts/users/"+strconv.Itoa(id))

			return err
		})
	}

	if err := group.Wait(); err != nil {
		return nil, []error{err}
	}

	return users, nil
}
