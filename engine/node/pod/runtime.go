package pod

import (
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	runtimeutil "k8s.io/kubernetes/pkg/kubelet/kuberuntime/util"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/image"
)

// sandbox is the pod's network namespace and the pause container that holds it
// open.
type sandbox struct {
	id      string
	attempt uint32
	ready   bool
	address netip.Addr // invalid for a pod in the host's network
	created time.Time
}

// createSandbox makes the pod's sandbox and gives it an address.
func (w *Worker) createSandbox(attempt uint32) error {
	made := &sandbox{id: w.vary.ID(), attempt: attempt, ready: true, created: w.scope.Now()}
	if !kubecontainer.IsHostNetworkPod(w.pod) {
		address, err := w.node.Allocator().Allocate(string(w.uid()))
		if err != nil {
			return err
		}
		made.address = address
	}
	w.sandbox = made
	w.purgeInit()
	w.RuntimeChanged()
	return nil
}

// purgeInit removes the init containers of an earlier sandbox, so that they run
// again.
func (w *Worker) purgeInit() {
	w.containers = slices.DeleteFunc(w.containers, func(c *container.Container) bool {
		return slices.ContainsFunc(w.pod.Spec.InitContainers, func(spec corev1.Container) bool { return spec.Name == c.Spec().Name })
	})
}

// stopSandbox frees the pod's address. The sandbox stays known, as not ready.
func (w *Worker) stopSandbox() {
	if w.sandbox != nil && w.sandbox.ready {
		w.sandbox.ready = false
		w.node.Allocator().Release(string(w.uid()))
		w.RuntimeChanged()
	}
}

func (w *Worker) releaseSandbox() {
	w.node.Allocator().Release(string(w.uid()))
	w.sandbox = nil
}

// createContainer creates a container without starting it.
func (w *Worker) createContainer(spec *corev1.Container, from image.Image, config container.Config, restartCount int) *container.Container {
	sandbox := ""
	if w.sandbox != nil {
		sandbox = w.sandbox.id
	}
	c := container.New(container.Options{
		Pod: w, Host: w.node, Scope: w.scope, Vary: w.vary, Spec: spec, Pulled: from, Settings: w.settings(spec.Name),
		Config: config, SandboxID: sandbox, RestartCount: restartCount,
	})
	w.runs[spec.Name] = restartCount + 1
	w.containers = append(w.keepOne(spec.Name), c)
	return c
}

// keepOne drops all dead containers of the given name except the newest, as the
// kubelet's garbage collection does.
func (w *Worker) keepOne(name string) []*container.Container {
	kept := w.containers[:0:0]
	for i, c := range w.containers {
		newerExists := false
		for _, later := range w.containers[i+1:] {
			newerExists = newerExists || later.Spec().Name == name
		}
		if c.Spec().Name == name && newerExists {
			c.Remove()
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// Running returns the containers that run, oldest first.
func (w *Worker) Running() []*container.Container {
	var running []*container.Container
	for _, c := range w.containers {
		if c.IsRunning() {
			running = append(running, c)
		}
	}
	return running
}

// Find returns the container with the given ID in the API's form, or nil.
func (w *Worker) Find(containerID string) *container.Container {
	for _, c := range w.containers {
		if c.ID() == containerID {
			return c
		}
	}
	return nil
}

// runtimeStatus is the runtime's view of the pod: containers newest first.
func (w *Worker) runtimeStatus() *kubecontainer.PodStatus {
	view := &kubecontainer.PodStatus{ID: w.uid(), Name: w.pod.Name, Namespace: w.pod.Namespace, TimeStamp: w.scope.Now()}
	if s := w.sandbox; s != nil {
		state := runtimeapi.PodSandboxState_SANDBOX_NOTREADY
		if s.ready {
			state = runtimeapi.PodSandboxState_SANDBOX_READY
		}
		sandboxView := &runtimeapi.PodSandboxStatus{
			Id:       s.id,
			Metadata: &runtimeapi.PodSandboxMetadata{Name: w.pod.Name, Namespace: w.pod.Namespace, Uid: string(w.uid()), Attempt: s.attempt},
			State:    state,
			Linux: &runtimeapi.LinuxPodSandboxStatus{Namespaces: &runtimeapi.Namespace{Options: &runtimeapi.NamespaceOption{
				Network: runtimeutil.NetworkNamespaceForPod(w.pod),
			}}},
		}
		if s.address.IsValid() {
			sandboxView.Network = &runtimeapi.PodSandboxNetworkStatus{Ip: s.address.String()}
			view.IPs = []string{s.address.String()}
		}
		view.SandboxStatuses = []*runtimeapi.PodSandboxStatus{sandboxView}
	}
	for i := len(w.containers) - 1; i >= 0; i-- {
		copied := w.containers[i].Status()
		view.ContainerStatuses = append(view.ContainerStatuses, &copied)
		if w.sandbox != nil && w.sandbox.ready && w.containers[i].SandboxID() == w.sandbox.id {
			view.ActiveContainerStatuses = append(view.ActiveContainerStatuses, &copied)
		}
	}
	return view
}

// Addresses returns the addresses of the pod's sandbox, or the node's for a pod in
// the host's network.
func (w *Worker) Addresses() []string {
	switch {
	case kubecontainer.IsHostNetworkPod(w.pod):
		return []string{w.node.InternalIP()}
	case w.sandbox != nil && w.sandbox.address.IsValid():
		return []string{w.sandbox.address.String()}
	}
	return nil
}
