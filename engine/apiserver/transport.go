package apiserver

import (
	"context"
	"net/http"

	"k8s.io/apiserver/pkg/authentication/user"

	"tabernetes/engine/inprocess"
)

// Identity is the user in whose name a request is made. Nothing authenticates
// inside one process; the name is what audit, `kubectl auth whoami` and
// impersonation see.
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
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	named := request.WithContext(withIdentity(request.Context(), t.Identity))
	return (&inprocess.Transport{Handler: t.Handler}).RoundTrip(named)
}
