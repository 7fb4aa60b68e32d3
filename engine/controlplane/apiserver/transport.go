package apiserver

import (
	"context"
	"net/http"
	"strings"

	"k8s.io/apiserver/pkg/authentication/user"

	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/inprocess"
)

// Identity is the user in whose name a request is made. Inside one process there
// is no authentication; audit, `kubectl auth whoami` and impersonation see the
// name.
type Identity struct {
	Name   string
	Groups []string
}

type identityKey struct{}

func withIdentity(ctx context.Context, identity Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, identity)
}

func identityFrom(ctx context.Context) (Identity, bool) {
	identity, ok := ctx.Value(identityKey{}).(Identity)
	return identity, ok
}

func (i Identity) info() user.Info {
	return &user.DefaultInfo{Name: i.Name, Groups: i.Groups}
}

// Transport is an http.RoundTripper that calls a handler in the same process in
// the name of a user.
type Transport struct {
	// Handler answers the requests.
	Handler http.Handler
	// Identity is the user that the handler sees.
	Identity Identity
	// Bare says whether watches return objects without their managed fields, which
	// the informers of the process drop anyway.
	Bare bool
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := withIdentity(request.Context(), t.Identity)
	if t.Bare {
		ctx = store.WithoutManagedFields(ctx)
	}
	named := request.WithContext(ctx)
	return (&inprocess.Transport{Handler: t.Handler, Streams: streams}).RoundTrip(named)
}

// streams reports whether the answer to a request may take longer than its handler
// needs to make it: true for all but plain requests for objects.
func streams(request *http.Request) bool {
	path, query := request.URL.Path, request.URL.RawQuery
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/apis/") {
		return true
	}
	if strings.Contains(query, "watch") || strings.Contains(query, "follow") {
		return true
	}
	for _, subresource := range []string{"/watch/", "/log", "/exec", "/attach", "/portforward", "/proxy"} {
		if strings.Contains(path, subresource) {
			return true
		}
	}
	return false
}
