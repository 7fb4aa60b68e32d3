package container

import (
	"context"
	"crypto/tls"
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
	// Object is the newest state of the pod, with its allocated resources.
	Object() *corev1.Pod
	// Addresses returns the addresses of the pod's sandbox, or the node's for a
	// pod in the host's network.
	Addresses() []string
	// RuntimeChanged notes that a container has started or ended.
	RuntimeChanged()
}

// Host is the node that a container runs on.
type Host interface {
	Name() string
	InternalIP() string
	// Processors is the number of the node's processors.
	Processors() int
	// Seed is the seed of the simulation.
	Seed() uint64
	// Network is the cluster's network, or nil.
	Network() *network.Network
	// Programs are those that images of the catalogue may name besides the userland's.
	Programs() map[string]process.Command
}

// runtimeName is the part of a container ID before "://".
const runtimeName = "containerd"

// Container is one run of a container of the pod: a restart makes a new one. It
// belongs to the loop.
type Container struct {
	pod    Pod
	host   Host
	scope  *syncloop.Scope
	vary   variation.Source
	spec   *corev1.Container
	config Config
	// sandboxID is the sandbox that the container was created in.
	sandboxID string
	// status is what the runtime reports of the container, in upstream's type.
	status kubecontainer.Status
	// sockets are the process's connections.
	sockets network.Sockets

	// pulled is the image as the registry has it. image is that image with the
	// settings of the pod's annotations applied.
	pulled   image.Image
	image    image.Image
	settings image.Settings
	expected expectation // of an image outside of the catalogue
	// resources are those that the container's control group is set to.
	resources corev1.ResourceRequirements
	meter     meter
	crash     *syncloop.Timer // the crash that the settings ask for

	// files is the root of the container: a writable layer that is deleted with
	// the container, and the mounts. termination is the file for its termination
	// message.
	files       *filesystem.FileSystem
	termination *filesystem.FileSystem
	cgroup      *filesystem.FileSystem // nil until the container has files
	log         *Log
	output      *output
	stdin       *stdin // nil when it has none

	program   program                    // the image's own program
	secured   *tls.Config                // of the image's server, once it was asked by TLS
	listeners map[int32]listener         // of programs of the shell, by port
	datagrams map[int32]datagramListener // likewise, over UDP
	processes *process.System            // nil until a process of the shell was needed
	main      *process.Process
	kill      context.CancelCauseFunc // of main
	deadline  *syncloop.Timer         // SIGKILL
	exited    []func()

	cpuCounted time.Duration // the part of its CPU time already added to the machine's
}

// Config is the configuration that the kubelet passes to its runtime, as far as it
// differs from the spec: command, args and variables with their references
// expanded.
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
	// RestartCount is the number of earlier runs.
	RestartCount int
}

// New makes a container without starting it.
func New(o Options) *Container {
	from := o.Pulled.WithArguments(o.Config.Command, o.Config.Args)
	o.Settings.Apply(&from)
	c := &Container{
		pod: o.Pod, host: o.Host, scope: o.Scope, vary: o.Vary,
		sandboxID: o.SandboxID,
		spec:      o.Spec,
		pulled:    o.Pulled,
		settings:  o.Settings,
		expected:  expectationOf(o.Spec),
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

// Status returns what the runtime reports of the container.
func (c *Container) Status() kubecontainer.Status { return c.status }

// ID is the container's ID as the API shows it.
func (c *Container) ID() string { return c.status.ID.String() }

// Spec is the container's part of the pod's spec, as it was when the container was
// created.
func (c *Container) Spec() *corev1.Container { return c.spec }

// Config is the configuration that the kubelet passed to the runtime.
func (c *Container) Config() Config { return c.config }

// SandboxID is the ID of the sandbox that the container was created in.
func (c *Container) SandboxID() string { return c.sandboxID }

// Log is the container's log.
func (c *Container) Log() *Log { return c.log }

// ImageName is the full name of its image.
func (c *Container) ImageName() string { return c.image.Name }

// Resources returns the resources that the container's control group is set to.
func (c *Container) Resources() *corev1.ResourceRequirements { return &c.resources }

// OnExit calls then when the container ends.
func (c *Container) OnExit(then func()) { c.exited = append(c.exited, then) }

// Remove removes the container: its processes are killed, and readers that follow
// its log reach the end.
func (c *Container) Remove() {
	if c.IsRunning() {
		c.destroy()
	}
	c.log.close()
}

// ApplySettings applies changed settings while the container runs: responses and
// consumption change at once, start-up behaviour at the next start.
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

// Resize changes the resources of the running container.
func (c *Container) Resize(resources *corev1.ResourceRequirements) {
	c.count()
	c.resources = *resources.DeepCopy()
	_ = c.writeCgroup() // files in memory that are there already
	c.watchMemory()
}
