package serve

import (
	"encoding/json"
	"net/http"
	"strconv"

	"storefront/internal/cache"
	"storefront/internal/cache/shared"
	"storefront/internal/problem"
)

// caches answers GET /caches: how each cache stands.
func (a *App) caches(w http.ResponseWriter, _ *http.Request) {
	answer := struct {
		Caches []cache.Summary `json:"caches"`
		Shared *shared.Summary `json:"shared,omitempty"`
	}{Caches: a.Caches.Summaries()}

	if a.shared != nil {
		summary := a.shared.Summary()
		answer.Shared = &summary
	}

	writeJSON(w, http.StatusOK, answer)
}

// cached answers GET /caches/{bff}/{kind}?tag=…&key=…&limit=…: what is kept.
func (a *App) cached(w http.ResponseWriter, r *http.Request) {
	const usual, most = 100, 10_000

	query := r.URL.Query()
	limit := usual

	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > most {
			problem.Write(w, r, problem.New(http.StatusBadRequest, "limit must be a whole number from 1 to "+strconv.Itoa(most)+"."))

			return
		}

		limit = n
	}

	which := cache.Purge{Key: query.Get("key"), Tag: query.Get("tag")}

	entries, known := a.Caches.Entries(r.PathValue("bff"), r.PathValue("kind"), which, limit)
	if !known {
		problem.Write(w, r, problem.New(http.StatusNotFound, "There is no such cache."))

		return
	}

	writeJSON(w, http.StatusOK, struct {
		Entries []cache.Entry `json:"entries"`
	}{entries})
}

// purge answers DELETE /caches?tag=…, ?key=… or ?all=true: it forgets what was
// kept, in every cache of this process, and in those of the others where they
// share one; with 202 where these will do so later.
func (a *App) purge(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	which := cache.Purge{Key: query.Get("key"), Tag: query.Get("tag")}

	given := 0

	for _, one := range []bool{which.Key != "", which.Tag != "", query.Get("all") == "true"} {
		if one {
			given++
		}
	}

	if given != 1 {
		problem.Write(w, r, problem.New(http.StatusBadRequest, "Exactly one of tag=, key= and all=true must be given."))

		return
	}

	answer := struct {
		Purged int    `json:"purged"`
		Later  string `json:"later,omitempty"`
	}{}
	status := http.StatusOK

	var err error
	if answer.Purged, err = a.Caches.Purge(r.Context(), which); err != nil {
		answer.Later, status = err.Error(), http.StatusAccepted
	}

	writeJSON(w, status, answer)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // A mistake in the program.
	}

	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)

	_, _ = w.Write(body) // The operator may be gone.
}
