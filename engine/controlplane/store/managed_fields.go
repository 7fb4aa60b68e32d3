package store

import "context"

type withoutManagedFieldsKey struct{}

// WithoutManagedFields returns a context for the watches of clients that drop the
// managed fields of what they get: events are without them, so that nobody has to
// encode and decode what is half of many objects. Lists are as they always are.
func WithoutManagedFields(ctx context.Context) context.Context {
	return context.WithValue(ctx, withoutManagedFieldsKey{}, true)
}

func isWithoutManagedFields(ctx context.Context) bool {
	asked, _ := ctx.Value(withoutManagedFieldsKey{}).(bool)
	return asked
}
