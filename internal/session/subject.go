package session

import "context"

type subjectKey struct{}

// About returns a context in which a request is about a user, whoever asks: what
// it asks of services without naming anybody is for that one's page. It is the
// first who counts; "" is nobody.
func About(ctx context.Context, user string) context.Context {
	if user == "" || Subject(ctx) != "" {
		return ctx
	}

	return context.WithValue(ctx, subjectKey{}, user)
}

// Subject returns the user that the request of ctx is about; "" where nobody
// said.
func Subject(ctx context.Context) string {
	user, _ := ctx.Value(subjectKey{}).(string)

	return user
}
