package apply

import (
	"context"
	"slices"
	"sync"
)

// warnings are the texts of the warnings that requests for one object returned,
// without duplicates. One object takes a handful of requests, so they are few.
type warnings struct {
	mu    sync.Mutex
	texts []string // guarded by mu while requests run
}

type warningsKey struct{}

func withWarnings(ctx context.Context, into *warnings) context.Context {
	return context.WithValue(ctx, warningsKey{}, into)
}

// addWarning records a warning for the object that ctx belongs to.
func addWarning(ctx context.Context, text string) {
	into, ok := ctx.Value(warningsKey{}).(*warnings)
	if !ok {
		return // a request of discovery, for no object
	}
	into.mu.Lock()
	defer into.mu.Unlock()
	if !slices.Contains(into.texts, text) {
		into.texts = append(into.texts, text)
	}
}

// collectWarnings adds the Warning headers of a response to the object that the
// request was for.
type collectWarnings struct{}

// miscellaneous is the only warn-code that Kubernetes uses (RFC 7234, 5.5).
const miscellaneous = 299

func (collectWarnings) HandleWarningHeaderWithContext(ctx context.Context, code int, _, text string) {
	if code == miscellaneous && text != "" {
		addWarning(ctx, text)
	}
}
