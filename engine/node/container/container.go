package container

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Pod is the pod that a container is in.
type Pod interface {
	// Object is the newest state of the pod, with the resources that are allocated.
	Object() *corev1.Pod
	// Addresses are those of the pod's sandbox, or of the node for a pod in its
	// network.
	Addresses() []string
	// RuntimeChanged notes that a container has started or ended.
	RuntimeChanged()
}

// Host is the node that a container runs on.
type Host interface {
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

// Container is one run of a container of the pod: a restart makes another. It
// belongs to the loop.
type Container struct {
	pod    Pod
	host   Host
	scope  *syncloop.Scope
	vary   variation.Source
	spec   *corev1.Container
	config Config
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
	log         *Log
	output      *output
	stdin       *stdin // nil when it has none

	program   program         // the image's own program
	processes *process.System // nil until a process of the shell was needed
	main      *process.Process
	kill      context.CancelCauseFunc // of main
	deadline  *syncloop.Timer         // SIGKILL
	exited    []func()

	cpuCounted time.Duration // what of its CPU time is in the machine's
}

// Config is what the kubelet asks its runtime for, as far as it does not
// stand in the spec: command, args and variables with their references
// replaced.
type Config struct {
	Command, Args []string
	Environment   []kubecontainer.EnvVar
	Mounts        []volume.Mount
}

// Options are what a container is made of.
type Options struct {
	Pod       Pod
	Host      Host
	Scope     *syncloop.Scope
	Vary      variation.Source
	Spec      *corev1.Container
	Pulled    image.Image
	Settings  image.Settings // of the pod's annotations
	Config    Config
	SandboxID string
	// RestartCount is how many runs came before.
	RestartCount int
}

// New makes a container that does not run yet.
func New(o Options) *Container {
	from := o.Pulled.WithArguments(o.Config.Command, o.Config.Args)
	o.Settings.Apply(&from)
	c := &Container{
		pod: o.Pod, host: o.Host, scope: o.Scope, vary: o.Vary,
		sandboxID: o.SandboxID,
		spec:      o.Spec,
		pulled:    o.Pulled,
		settings:  o.Settings,
		resources: *o.Spec.Resources.DeepCopy(),
		image:     from,
		config:    o.Config,
		log:       NewLog(),
		stdin:     newStdin(o.Spec.Stdin, o.Spec.StdinOnce),
		status: kubecontainer.Status{
			ID:           kubecontainer.BuildContainerID(runtimeName, o.Vary.ID()),
			Name:         o.Spec.Name,
			State:        kubecontainer.ContainerStateCreated,
			CreatedAt:    o.Scope.Now(),
			Image:        from.Name,
			ImageID:      from.ID(),
			ImageRef:     from.ID(),
			Hash:         kubecontainer.HashContainer(o.Spec),
			RestartCount: o.RestartCount,
			User:         userOf(o.Pod.Object(), o.Spec, from),
		},
	}
	c.program.of = c
	c.output = newOutput(c.log)
	return c
}

// Status is what the runtime says of the container.
func (c *Container) Status() kubecontainer.Status { return c.status }

// ID is the container's ID as the API shows it.
func (c *Container) ID() string { return c.status.ID.String() }

// Spec is the container's part of the pod's spec, as it was when it was made.
func (c *Container) Spec() *corev1.Container { return c.spec }

// Config is what the kubelet asked the runtime for.
func (c *Container) Config() Config { return c.config }

// SandboxID is the sandbox that it was made in.
func (c *Container) SandboxID() string { return c.sandboxID }

// Log is what it has printed.
func (c *Container) Log() *Log { return c.log }

// ImageName is the full name of its image.
func (c *Container) ImageName() string { return c.image.Name }

// Resources are the resources that its control group is set to.
func (c *Container) Resources() *corev1.ResourceRequirements { return &c.resources }

// OnExit calls then when the container ends.
func (c *Container) OnExit(then func()) { c.exited = append(c.exited, then) }

// Remove takes the container away: what runs in it is killed, and whoever follows
// its log reaches the end.
func (c *Container) Remove() {
	if c.IsRunning() {
		c.destroy()
	}
	c.log.close()
}

// ApplySettings takes in other settings while the container runs: what it answers
// and needs changes at once, what it does at its start with the next one.
func (c *Container) ApplySettings(settings image.Settings) {
	c.count()
	stop := c.image.Stop
	c.image = c.pulled.WithArguments(c.config.Command, c.config.Args)
	c.settings = settings
	c.settings.Apply(&c.image)
	if c.program.stopping {
		c.image.Stop = stop
	}
	c.watchMemory()
}

// Resize gives the running container other resources.
func (c *Container) Resize(resources *corev1.ResourceRequirements) {
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
