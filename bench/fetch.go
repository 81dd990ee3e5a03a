package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"storefront/bench/internal/scrape"
	"storefront/bench/internal/stub"
)

var errFetch = errors.New("the status is not 200")

// fetch asks for something beside the measurement and hands its body to read.
func fetch(ctx context.Context, url string, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err //nolint:wrapcheck // It holds the method and the URL.
	}

	err = errFetch
	if response.StatusCode == http.StatusOK {
		err = read(response.Body)
	}

	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}

	return nil
}

// calls returns how many requests the services have answered in all.
func (r *rig) calls(ctx context.Context) (int64, error) {
	const longest = 1 << 10

	var calls stub.Calls

	err := fetch(ctx, r.stub.URL("calls"), func(body io.Reader) error {
		return json.NewDecoder(io.LimitReader(body, longest)).Decode(&calls)
	})

	return calls.Total(), err
}

// metrics returns what a program says of itself at /metrics.
func metrics(ctx context.Context, ops string) (series scrape.Series, err error) {
	err = fetch(ctx, ops+"/metrics", func(body io.Reader) (err error) {
		series, err = scrape.Read(body)

		return err
	})

	return series, err
}

// saveProfile writes a profile into a folder, for go tool pprof.
func saveProfile(ctx context.Context, url, dir, name string) error {
	const private, longest = 0o700, 64 << 20

	if err := os.MkdirAll(dir, private); err != nil {
		return fmt.Errorf("profiles: %w", err)
	}

	file, err := os.Create(filepath.Join(dir, strings.Map(inFileName, name)+".heap.pb.gz")) //nolint:gosec // The user says where.
	if err != nil {
		return fmt.Errorf("profiles: %w", err)
	}

	err = fetch(ctx, url, func(body io.Reader) error {
		_, err := io.Copy(file, io.LimitReader(body, longest))

		return err //nolint:wrapcheck // fetch wraps it.
	})

	return errors.Join(err, file.Close())
}

// inFileName keeps of a name what can stand in a file's name anywhere.
func inFileName(r rune) rune {
	if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}

	return '-'
}
