package volume

import "k8s.io/apimachinery/pkg/types"

// Object names what has changed in the API and shows in volumes.
type Object struct {
	Kind string
	types.NamespacedName
}

// The kinds of an Object.
const (
	ConfigMapKind = "ConfigMap"
	SecretKind    = "Secret"
	// TrustBundleKind is a ClusterTrustBundle by its name, TrustSignerKind all those of
	// the signer that the name says. Neither has a namespace.
	TrustBundleKind = "ClusterTrustBundle"
	TrustSignerKind = "signer of ClusterTrustBundles"
	// PodCertificateKind is what has been decided about certificates of the pod of that
	// name.
	PodCertificateKind = "PodCertificateRequest"
)
