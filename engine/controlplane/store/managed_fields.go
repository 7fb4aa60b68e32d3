package store

import "context"

type withoutManagedFieldsKey struct{}

// WithoutManagedFields returns a context for the watches of clients that drop the
// managed fields of objects anyway: events come without them, which saves encoding
// and decoding what is half of many objects. Lists are not affected.
func WithoutManagedFields(ctx context.Context) context.Context {
	return context.WithValue(ctx, withoutManagedFieldsKey{}, true)
}

func isWithoutManagedFields(ctx context.Context) bool {
	asked, _ := ctx.Value(withoutManagedFieldsKey{}).(bool)
	return asked
}
