package user

import (
	"context"
	"database/sql"

	"storefront/services/internal/database"
	"storefront/services/internal/endpoint"
)

// user is a customer as the service answers with it. The profile picture's
// address depends on the request and is not stored.
type user struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Email          string `json:"email"`
	ProfilePicture string `json:"profile_picture"`
	Bio            string `json:"bio"`
	Location       string `json:"location"`
	JoinedDate     string `json:"joined_date"`
}

const selectUser = `SELECT id, name, email, bio, location, joined_date FROM users WHERE id = ?`

// store is the service's questions to its database.
type store struct {
	user *sql.Stmt
}

func newStore(ctx context.Context, db *sql.DB) (*store, error) {
	s := &store{}
	err := database.Prepare(ctx, db, map[string]**sql.Stmt{selectUser: &s.user})
	return s, err
}

// byID returns a user, or a 404.
func (s *store) byID(ctx context.Context, id string) (user, error) {
	u, found, err := database.One(ctx, s.user, (*user).cells, id)
	if err != nil {
		return user{}, err
	}
	if !found {
		return user{}, endpoint.NotFound("no such user")
	}
	return u, nil
}

func (u *user) cells() []any {
	return []any{&u.ID, &u.Name, &u.Email, &u.Bio, &u.Location, &u.JoinedDate}
}
