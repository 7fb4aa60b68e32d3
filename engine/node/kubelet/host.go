package kubelet

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"

	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/pod"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

var _ pod.Host = (*Kubelet)(nil)

// Name implements volume.Host.
func (k *Kubelet) Name() string { return k.name }

// UID implements volume.Host.
func (k *Kubelet) UID() string {
	if k.heartbeat.self == nil {
		return ""
	}
	return string(k.heartbeat.self.UID)
}

// Tokens implements volume.Host.
func (k *Kubelet) Tokens() volume.TokenRequester { return k.tokens }

// Capacity implements volume.Host.
func (k *Kubelet) Capacity() corev1.ResourceList { return k.machine.Capacity() }

// Disk implements volume.Host.
func (k *Kubelet) Disk() *filesystem.FileSystem { return k.disk }

// ConfigMap implements volume.Host.
func (k *Kubelet) ConfigMap(namespace, name string) (*corev1.ConfigMap, error) {
	return k.configMaps.ConfigMaps(namespace).Get(name)
}

// Secret implements volume.Host.
func (k *Kubelet) Secret(namespace, name string) (*corev1.Secret, error) {
	return k.secrets.Secrets(namespace).Get(name)
}

// Claim implements volume.Host.
func (k *Kubelet) Claim(namespace, name string) (*corev1.PersistentVolumeClaim, error) {
	return k.claims.PersistentVolumeClaims(namespace).Get(name)
}

// PersistentVolume implements volume.Host.
func (k *Kubelet) PersistentVolume(name string) (*corev1.PersistentVolume, error) {
	return k.volumes.Get(name)
}

// Client implements volume.Host.
func (k *Kubelet) Client() kubernetes.Interface { return k.client }

// Call implements volume.Host. The caller holds the lock.
func (k *Kubelet) Call(do func(context.Context)) { k.calls = append(k.calls, do) }

// InternalIP implements environment.Host.
func (k *Kubelet) InternalIP() string { return k.machine.InternalIP }

// Services implements environment.Host.
func (k *Kubelet) Services() ([]*corev1.Service, error) { return k.services.List(labels.Everything()) }

// Started implements probe.Host.
func (k *Kubelet) Started() time.Time { return k.started }

// Processors implements container.Host.
func (k *Kubelet) Processors() int { return int(k.machine.CPU.Value()) }

// Seed implements container.Host.
func (k *Kubelet) Seed() uint64 { return k.seed }

// Network implements container.Host.
func (k *Kubelet) Network() *network.Network { return k.network }

// Programs implements container.Host.
func (k *Kubelet) Programs() map[string]process.Command { return k.programs }

// Loop implements pod.Host.
func (k *Kubelet) Loop() *syncloop.Loop { return k.loop }

// Allocator implements pod.Host.
func (k *Kubelet) Allocator() *network.Allocator { return k.addresses }

// Images implements pod.Host.
func (k *Kubelet) Images() *imagestore.Store { return k.images }

// Puller implements pod.Host.
func (k *Kubelet) Puller() *imagestore.Puller { return k.puller }

// RestartBackOff implements pod.Host.
func (k *Kubelet) RestartBackOff() *flowcontrol.Backoff { return k.backOff }

// Rebooted implements pod.Host.
func (k *Kubelet) Rebooted() bool { return k.start == Booted }

// StatusChanged implements pod.Host.
func (k *Kubelet) StatusChanged(w *pod.Worker) { k.dirty = append(k.dirty, w) }

// Forget implements pod.Host.
func (k *Kubelet) Forget(w *pod.Worker) { delete(k.pods, w.Object().UID) }

// RetryResizes implements pod.Host.
func (k *Kubelet) RetryResizes() {
	for _, w := range k.Pods() {
		w.RetryResize()
	}
}

// AdmitResize implements pod.Host.
func (k *Kubelet) AdmitResize(w *pod.Worker, resized *corev1.Pod) (message string, victims []pod.Victim, admitted bool) {
	result, victims := k.admit(w, resized, lifecycle.ResizeOperation)
	return result.Message, victims, result.Admit
}
