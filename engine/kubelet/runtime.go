package kubelet

import (
	"context"
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	runtimeutil "k8s.io/kubernetes/pkg/kubelet/kuberuntime/util"

	"tabernetes/engine/kubelet/image"
	"tabernetes/engine/kubelet/network"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// runtimeName is what stands before "://" in a container ID.
const runtimeName = "containerd"

// sandbox is the pod's network namespace and what holds it open.
type sandbox struct {
	id      string
	attempt uint32
	ready   bool
	address netip.Addr // invalid for a pod in the host's network
	created time.Time
}

// container is one run of a container of the pod: a restart makes another.
type container struct {
	worker  *podWorker
	sandbox *sandbox
	spec    *corev1.Container
	config  containerConfig
	// status is what the runtime says of it, in upstream's type.
	status kubecontainer.Status
	// sockets are the process's connections.
	sockets network.Sockets

	// pulled is the image as the registry has it; image is what settings of the
	// pod's annotations make of it.
	pulled   image.Image
	image    image.Image
	settings image.Settings
	// resources are what its control group is set to.
	resources corev1.ResourceRequirements
	meter     meter
	crash     *timer // the end that settings ask for

	// files is the root of the container: a writable layer that ends with it, and
	// the mounts. termination is the file for its last message.
	files       *filesystem.FileSystem
	termination *filesystem.FileSystem
	log         *containerLog
	output      *containerOutput
	stdin       *containerStdin // nil when it has none

	program   program         // the image's own program
	processes *process.System // nil until a process of the shell was needed
	main      *process.Process
	kill      context.CancelCauseFunc // of main
	deadline  *timer                  // SIGKILL
	exited    []func()

	cpuCounted time.Duration // what of its CPU time is in the machine's
}

// createSandbox makes the pod's sandbox and gives it an address.
func (w *podWorker) createSandbox(attempt uint32) error {
	made := &sandbox{id: w.vary.id(), attempt: attempt, ready: true, created: w.node.now}
	if !kubecontainer.IsHostNetworkPod(w.pod) {
		address, err := w.node.addresses.Allocate(string(w.uid()))
		if err != nil {
			return err
		}
		made.address = address
	}
	w.sandbox = made
	w.purgeInit()
	w.runtimeChanged()
	return nil
}

// purgeInit takes away the init containers of an earlier sandbox: they run again.
func (w *podWorker) purgeInit() {
	w.containers = slices.DeleteFunc(w.containers, func(c *container) bool {
		return slices.ContainsFunc(w.pod.Spec.InitContainers, func(spec corev1.Container) bool { return spec.Name == c.spec.Name })
	})
}

// stopSandbox frees the pod's address. The sandbox stays known, as not ready.
func (w *podWorker) stopSandbox() {
	if w.sandbox != nil && w.sandbox.ready {
		w.sandbox.ready = false
		w.node.addresses.Release(string(w.uid()))
		w.runtimeChanged()
	}
}

func (w *podWorker) releaseSandbox() {
	w.node.addresses.Release(string(w.uid()))
	w.sandbox = nil
}

// createContainer makes a container that does not run yet.
func (w *podWorker) createContainer(spec *corev1.Container, from image.Image, config containerConfig, restartCount int) *container {
	pulled := from
	settings := w.settings(spec.Name)
	from = from.WithArguments(config.command, config.args)
	settings.Apply(&from)
	c := &container{
		worker:    w,
		sandbox:   w.sandbox,
		spec:      spec,
		pulled:    pulled,
		settings:  settings,
		resources: *spec.Resources.DeepCopy(),
		image:     from,
		config:    config,
		log:       newContainerLog(),
		stdin:     newContainerStdin(spec.Stdin, spec.StdinOnce),
		status: kubecontainer.Status{
			ID:           kubecontainer.BuildContainerID(runtimeName, w.vary.id()),
			Name:         spec.Name,
			State:        kubecontainer.ContainerStateCreated,
			CreatedAt:    w.node.now,
			Image:        from.Name,
			ImageID:      from.ID(),
			ImageRef:     from.ID(),
			Hash:         kubecontainer.HashContainer(spec),
			RestartCount: restartCount,
			User:         userOf(w.pod, spec, from),
		},
	}
	w.runs[spec.Name] = restartCount + 1
	c.program.of = c
	c.output = newContainerOutput(c.log)
	w.containers = append(w.keepOne(spec.Name), c)
	return c
}

// keepOne drops the dead containers of a name but the newest, as the kubelet's
// garbage collection does.
func (w *podWorker) keepOne(name string) []*container {
	kept := w.containers[:0:0]
	for i, c := range w.containers {
		newerExists := false
		for _, later := range w.containers[i+1:] {
			newerExists = newerExists || later.spec.Name == name
		}
		if c.spec.Name == name && newerExists {
			c.log.close()
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// running are the containers that run, oldest first.
func (w *podWorker) running() []*container {
	var running []*container
	for _, c := range w.containers {
		if c.status.State == kubecontainer.ContainerStateRunning {
			running = append(running, c)
		}
	}
	return running
}

// find is the container with an ID as the API shows it, or nil.
func (w *podWorker) find(containerID string) *container {
	for _, c := range w.containers {
		if c.status.ID.String() == containerID {
			return c
		}
	}
	return nil
}

// runtimeStatus is the runtime's view of the pod: containers newest first.
func (w *podWorker) runtimeStatus() *kubecontainer.PodStatus {
	view := &kubecontainer.PodStatus{ID: w.uid(), Name: w.pod.Name, Namespace: w.pod.Namespace, TimeStamp: w.node.now}
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
		copied := w.containers[i].status
		view.ContainerStatuses = append(view.ContainerStatuses, &copied)
		if w.sandbox != nil && w.sandbox.ready && w.containers[i].sandbox == w.sandbox {
			view.ActiveContainerStatuses = append(view.ActiveContainerStatuses, &copied)
		}
	}
	return view
}

// userOf is the identity that the first process of a container has.
func userOf(pod *corev1.Pod, spec *corev1.Container, from image.Image) *kubecontainer.ContainerUser {
	user := &kubecontainer.LinuxContainerUser{UID: from.User.UID, GID: from.User.GID}
	groups := from.User.SupplementalGroups
	if context := pod.Spec.SecurityContext; context != nil {
		if context.RunAsUser != nil {
			user.UID, groups = *context.RunAsUser, nil
		}
		if context.RunAsGroup != nil {
			user.GID = *context.RunAsGroup
		}
	}
	if context := spec.SecurityContext; context != nil {
		if context.RunAsUser != nil {
			user.UID, groups = *context.RunAsUser, nil
		}
		if context.RunAsGroup != nil {
			user.GID = *context.RunAsGroup
		}
	}
	if len(groups) == 0 {
		groups = []int64{user.GID}
	}
	user.SupplementalGroups = append(user.SupplementalGroups, groups...)
	if context := pod.Spec.SecurityContext; context != nil {
		user.SupplementalGroups = append(user.SupplementalGroups, context.SupplementalGroups...)
		if context.FSGroup != nil {
			user.SupplementalGroups = append(user.SupplementalGroups, *context.FSGroup)
		}
	}
	return &kubecontainer.ContainerUser{Linux: user}
}
