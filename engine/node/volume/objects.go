package volume

import "k8s.io/apimachinery/pkg/types"

// Object names a ConfigMap or a Secret, whose changes show in volumes.
type Object struct {
	Kind string
	types.NamespacedName
}

// The kinds of an Object.
const (
	ConfigMapKind = "ConfigMap"
	SecretKind    = "Secret"
)
