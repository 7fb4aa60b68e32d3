package kubelet

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// objects are the ConfigMaps and Secrets that pods refer to. A kubelet watches
// each one that a pod of its node names; here the process watches them all once,
// and every node reads the same informers.
type objects struct {
	configMaps corelisters.ConfigMapLister
	secrets    corelisters.SecretLister
}

func newObjects(factory informers.SharedInformerFactory) objects {
	return objects{configMaps: factory.Core().V1().ConfigMaps().Lister(), secrets: factory.Core().V1().Secrets().Lister()}
}

// configMap finds a ConfigMap. The error is the kubelet's: an API status that
// says not found.
func (o objects) configMap(namespace, name string) (*corev1.ConfigMap, error) {
	return o.configMaps.ConfigMaps(namespace).Get(name)
}

// secret finds a Secret, likewise.
func (o objects) secret(namespace, name string) (*corev1.Secret, error) {
	return o.secrets.Secrets(namespace).Get(name)
}

// objectName names a ConfigMap or a Secret.
type objectName struct {
	kind string
	types.NamespacedName
}

const (
	configMapKind = "ConfigMap"
	secretKind    = "Secret"
)
