package rest_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"storefront/internal/fanout"
)

// TestPagesSideBySide share buffers, but nothing that is in them.
func TestPagesSideBySide(t *testing.T) {
	t.Parallel()

	handler := newAPI(func(_ context.Context, in shelfInput) (shelfView, fanout.Report, error) {
		n, err := strconv.Atoi(string(in.UserID))

		return shelfView{Owner: &ownerView{Name: strings.Repeat(string(in.UserID), n)}}, nil, err
	})

	var group sync.WaitGroup
	for n := range 50 {
		group.Go(func() {
			for range 20 {
				want := `{"owner":{"name":"` + strings.Repeat(strconv.Itoa(n), n) + `","email":null},"books":null}`
				if got := body(t, get(t, handler, "/api/shelf/"+strconv.Itoa(n))); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}

	group.Wait()
}
