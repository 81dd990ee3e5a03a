package session

import "context"

type aboutKey struct{}

// About returns a context in which a request is about a user, whoever asks: what
// it asks of services without naming anybody is for that one's page. It is the
// first who counts; "" is nobody.
func About(ctx context.Context, user string) context.Context {
	if user == "" || Whom(ctx) != "" {
		return ctx
	}

	return context.WithValue(ctx, aboutKey{}, user)
}

// Whom returns the user that the request of ctx is about; "" where nobody
// said.
func Whom(ctx context.Context) string {
	user, _ := ctx.Value(aboutKey{}).(string)

	return user
}
