package apiserver

import (
	"net/http"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/group"
	"k8s.io/apiserver/pkg/authentication/request/anonymous"
	"k8s.io/apiserver/pkg/authentication/request/union"
	"k8s.io/apiserver/pkg/authentication/request/x509"
)

// newAuthenticator finds out who makes a request: the service account whose token the
// request has. Without one it is, over TLS, the user of the client's certificate or else
// system:anonymous, as with kube-apiserver; and otherwise the user that
// authenticateIdentity knows.
func newAuthenticator(tokens *serviceAccountTokens, authority *certificateAuthority) (authenticator.Request, error) {
	bearer, err := tokens.bearer()
	if err != nil {
		return nil, err
	}
	overTLS := union.NewFailOnError(
		x509.NewDynamic(authority.verifyOptions, x509.CommonNameUserConversion),
		anonymous.NewAuthenticator(nil),
	)
	otherwise := authenticator.RequestFunc(func(request *http.Request) (*authenticator.Response, bool, error) {
		if request.TLS != nil {
			return overTLS.AuthenticateRequest(request)
		}
		return authenticateIdentity(request)
	})
	return group.NewAuthenticatedGroupAdder(union.NewFailOnError(bearer, otherwise)), nil
}
