package kubelet

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"

	"tabernetes/engine/filesystem"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/pod"
	"tabernetes/engine/node/syncloop"
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
func (n *node) Seed() uint64 { return n.seed }

// Network implements container.Host.
func (n *node) Network() *network.Network { return n.cluster }

// Loop implements pod.Host.
func (n *node) Loop() *syncloop.Loop { return n.loop }

// Allocator implements pod.Host.
func (n *node) Allocator() *network.Allocator { return n.addresses }

// Images implements pod.Host.
func (n *node) Images() *imagestore.Store { return n.images }

// Puller implements pod.Host.
func (n *node) Puller() *imagestore.Puller { return n.puller }

// RestartBackOff implements pod.Host.
func (n *node) RestartBackOff() *flowcontrol.Backoff { return n.backOff }

// Rebooted implements pod.Host.
func (n *node) Rebooted() bool { return n.start == booted }

// StatusChanged implements pod.Host.
func (n *node) StatusChanged(w *pod.Worker) { n.dirty = append(n.dirty, w) }

// Forget implements pod.Host.
func (n *node) Forget(w *pod.Worker) { delete(n.pods, w.Object().UID) }

// RetryResizes implements pod.Host.
func (n *node) RetryResizes() {
	for _, w := range n.podsInOrder() {
		w.RetryResize()
	}
}

// AdmitResize implements pod.Host.
func (n *node) AdmitResize(w *pod.Worker, resized *corev1.Pod) (message string, victims []pod.Victim, admitted bool) {
	result, victims := n.admit(w, resized, lifecycle.ResizeOperation)
	return result.Message, victims, result.Admit
}
