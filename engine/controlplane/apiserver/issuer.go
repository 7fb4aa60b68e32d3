package apiserver

import (
	"context"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/kubernetes/pkg/routes"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

// serveIssuer serves what others need to verify the tokens of service accounts: the
// documents of OpenID Connect's discovery.
func (s *Server) serveIssuer(externalAddress string) {
	routes.NewOpenIDMetadataServer(issuer{s.tokens, externalAddress}).Install(s.builtin.Handler.GoRestfulContainer)
}

// issuer makes these documents when they are asked for, and with them the key that
// signs, if nothing has been signed yet.
type issuer struct {
	tokens  *serviceAccountTokens
	address string
}

var _ serviceaccount.OpenIDMetadataProvider = issuer{}

// GetConfigJSON implements serviceaccount.OpenIDMetadataProvider.
func (i issuer) GetConfigJSON() (document []byte, maxAge int) {
	if documents := i.documents(); documents != nil {
		return documents.GetConfigJSON()
	}
	return nil, 0
}

// GetKeysetJSON implements serviceaccount.OpenIDMetadataProvider.
func (i issuer) GetKeysetJSON() (document []byte, maxAge int) {
	if documents := i.documents(); documents != nil {
		return documents.GetKeysetJSON()
	}
	return nil, 0
}

func (i issuer) documents() serviceaccount.OpenIDMetadataProvider {
	_, err := i.tokens.signingKey(context.Background(), true)
	var documents serviceaccount.OpenIDMetadataProvider
	if err == nil {
		documents, err = serviceaccount.NewOpenIDMetadataProvider(tokenIssuer, "", i.address, i.tokens)
	}
	if err != nil {
		utilruntime.HandleError(err)
		return nil
	}
	return documents
}
