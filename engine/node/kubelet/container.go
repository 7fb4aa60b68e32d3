package kubelet

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/filesystem"
	"tabernetes/engine/node/image"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/shell"
)

// containerPod is the pod that a container is in.
type containerPod interface {
	// Object is the newest state of the pod, with the resources that are allocated.
	Object() *corev1.Pod
	// Addresses are those of the pod's sandbox, or of the node for a pod in its
	// network.
	Addresses() []string
	// RuntimeChanged notes that a container has started or ended.
	RuntimeChanged()
}

// containerHost is the node that a container runs on.
type containerHost interface {
	Name() string
	InternalIP() string
	// Processors is how many the node has.
	Processors() int
	// Seed is that of the simulation.
	Seed() uint64
	// Network is that of the cluster, or nil.
	Network() *network.Network
}

// runtimeName is what stands before "://" in a container ID.
const runtimeName = "containerd"

// container is one run of a container of the pod: a restart makes another. It
// belongs to the loop.
type container struct {
	pod    containerPod
	host   containerHost
	scope  *syncloop.Scope
	vary   variation.Source
	spec   *corev1.Container
	config containerConfig
	// sandboxID is the sandbox that it was made in.
	sandboxID string
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
	crash     *syncloop.Timer // the end that settings ask for

	// files is the root of the container: a writable layer that ends with it, and
	// the mounts. termination is the file for its last message.
	files       *filesystem.FileSystem
	termination *filesystem.FileSystem
	log         *containerLog
	output      *containerOutput
	stdin       *containerStdin // nil when it has none

	program   program       // the image's own program
	processes *shell.System // nil until a process of the shell was needed
	main      *shell.Process
	kill      context.CancelCauseFunc // of main
	deadline  *syncloop.Timer         // SIGKILL
	exited    []func()

	cpuCounted time.Duration // what of its CPU time is in the machine's
}

// containerOptions are what a container is made of.
type containerOptions struct {
	pod       containerPod
	host      containerHost
	scope     *syncloop.Scope
	vary      variation.Source
	spec      *corev1.Container
	pulled    image.Image
	settings  image.Settings // of the pod's annotations
	config    containerConfig
	sandboxID string
	// restartCount is how many runs came before.
	restartCount int
}

// newContainer makes a container that does not run yet.
func newContainer(o containerOptions) *container {
	from := o.pulled.WithArguments(o.config.command, o.config.args)
	o.settings.Apply(&from)
	c := &container{
		pod: o.pod, host: o.host, scope: o.scope, vary: o.vary,
		sandboxID: o.sandboxID,
		spec:      o.spec,
		pulled:    o.pulled,
		settings:  o.settings,
		resources: *o.spec.Resources.DeepCopy(),
		image:     from,
		config:    o.config,
		log:       newContainerLog(),
		stdin:     newContainerStdin(o.spec.Stdin, o.spec.StdinOnce),
		status: kubecontainer.Status{
			ID:           kubecontainer.BuildContainerID(runtimeName, o.vary.ID()),
			Name:         o.spec.Name,
			State:        kubecontainer.ContainerStateCreated,
			CreatedAt:    o.scope.Now(),
			Image:        from.Name,
			ImageID:      from.ID(),
			ImageRef:     from.ID(),
			Hash:         kubecontainer.HashContainer(o.spec),
			RestartCount: o.restartCount,
			User:         userOf(o.pod.Object(), o.spec, from),
		},
	}
	c.program.of = c
	c.output = newContainerOutput(c.log)
	return c
}

// applySettings takes in other settings while the container runs: what it answers
// and needs changes at once, what it does at its start with the next one.
func (c *container) applySettings(settings image.Settings) {
	c.count()
	stop := c.image.Stop
	c.image = c.pulled.WithArguments(c.config.command, c.config.args)
	c.settings = settings
	c.settings.Apply(&c.image)
	if c.program.stopping {
		c.image.Stop = stop
	}
	c.watchMemory()
}

// resize gives the running container other resources.
func (c *container) resize(resources *corev1.ResourceRequirements) {
	c.count()
	c.resources = *resources.DeepCopy()
	c.watchMemory()
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

// containerConfig is what the kubelet asks its runtime for, as far as it does not
// stand in the spec: command, args and variables with their references
// replaced.
type containerConfig struct {
	command, args []string
	environment   []kubecontainer.EnvVar
	mounts        []volume.Mount
}
