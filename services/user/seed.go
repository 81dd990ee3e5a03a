package user

import (
	"context"
	"database/sql"

	"storefront/services/internal/database"
	"storefront/services/internal/seed"
)

// fill stores the shop's people.
func fill(ctx context.Context, tx *sql.Tx) error {
	return database.Insert(ctx, tx, "users (id, name, email, bio, location, joined_date)", database.Rows(seed.Users(), row))
}

func row(u seed.User) []any {
	return []any{u.ID, u.Name, u.Email, u.Bio, u.Location, u.JoinedDate}
}
