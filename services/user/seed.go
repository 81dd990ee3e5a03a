package user

import (
	"context"
	"database/sql"
	"iter"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fill stores the shop's people.
func fill(ctx context.Context, tx *sql.Tx) error {
	return database.Insert(ctx, tx, "users (id, name, email, bio, location, joined_date)", userRows(seed.Users()))
}

func userRows(users []seed.User) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, u := range users {
			if !yield([]any{u.ID, u.Name, u.Email, u.Bio, u.Location, u.JoinedDate}) {
				return
			}
		}
	}
}
