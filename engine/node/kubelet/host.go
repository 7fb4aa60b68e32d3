package kubelet

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/filesystem"
	"tabernetes/engine/node/network"
)

// Name implements volume.Host.
func (n *node) Name() string { return n.name }

// UID implements volume.Host.
func (n *node) UID() string {
	if n.heartbeat.self == nil {
		return ""
	}
	return string(n.heartbeat.self.UID)
}

// TokenKey implements volume.Host.
func (n *node) TokenKey() string { return n.identity("token-key")[:8] }

// Capacity implements volume.Host.
func (n *node) Capacity() corev1.ResourceList { return n.spec.Capacity() }

// Disk implements volume.Host.
func (n *node) Disk() *filesystem.FileSystem { return n.disk }

// ConfigMap implements volume.Host.
func (n *node) ConfigMap(namespace, name string) (*corev1.ConfigMap, error) {
	return n.configMaps.ConfigMaps(namespace).Get(name)
}

// Secret implements volume.Host.
func (n *node) Secret(namespace, name string) (*corev1.Secret, error) {
	return n.secrets.Secrets(namespace).Get(name)
}

// Client implements volume.Host.
func (n *node) Client() kubernetes.Interface { return n.client }

// Call implements volume.Host. The caller holds the lock.
func (n *node) Call(do func(context.Context)) { n.calls = append(n.calls, do) }

// InternalIP implements environment.Host.
func (n *node) InternalIP() string { return n.spec.InternalIP }

// Services implements environment.Host.
func (n *node) Services() ([]*corev1.Service, error) { return n.services.List(labels.Everything()) }

// Started implements probe.Host.
func (n *node) Started() time.Time { return n.started }

// Processors implements container.Host.
func (n *node) Processors() int { return int(n.spec.CPU.Value()) }

// Seed implements container.Host.
func (n *node) Seed() uint64 { return n.cluster.Seed }

// Network implements container.Host.
func (n *node) Network() *network.Network { return n.cluster.Network }
