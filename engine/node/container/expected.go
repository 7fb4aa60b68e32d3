package container

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	upstreamprobe "k8s.io/kubernetes/pkg/probe"

	"tabernetes/engine/userland/process"
)

// expectation is what a container's manifest expects of its image. An image outside
// of the catalogue is taken to do that.
type expectation struct {
	ports    []int32
	services []string // of gRPC health checks
	secure   bool     // every HTTP request of a probe or a hook is one by TLS
}

// portVariable is the variable by which servers are told their port, by the
// convention of twelve-factor applications.
const portVariable = "PORT"

// expectationOf reads a container's ports, probes, hooks and variables.
func expectationOf(spec *corev1.Container) expectation {
	var e expectation
	add := func(port int32) {
		if port > 0 && !slices.Contains(e.ports, port) {
			e.ports = append(e.ports, port)
		}
	}
	for _, port := range spec.Ports {
		if port.Protocol != corev1.ProtocolUDP {
			add(port.ContainerPort)
		}
	}
	for _, variable := range spec.Env {
		if port, err := strconv.ParseUint(variable.Value, 10, 16); err == nil && variable.Name == portVariable {
			add(int32(port))
		}
	}
	plain := false
	get := func(action *corev1.HTTPGetAction) {
		if action == nil || action.Host != "" {
			return
		}
		if port, err := upstreamprobe.ResolveContainerPort(action.Port, spec); err == nil {
			add(int32(port))
		}
		if action.Scheme == corev1.URISchemeHTTPS {
			e.secure = true
		} else {
			plain = true
		}
	}
	for _, probe := range []*corev1.Probe{spec.StartupProbe, spec.LivenessProbe, spec.ReadinessProbe} {
		if probe == nil {
			continue
		}
		get(probe.HTTPGet)
		if socket := probe.TCPSocket; socket != nil && socket.Host == "" {
			if port, err := upstreamprobe.ResolveContainerPort(socket.Port, spec); err == nil {
				add(int32(port))
			}
		}
		if check := probe.GRPC; check != nil {
			add(check.Port)
			service := ""
			if check.Service != nil {
				service = *check.Service
			}
			e.services = append(e.services, service)
		}
	}
	if hooks := spec.Lifecycle; hooks != nil {
		for _, hook := range []*corev1.LifecycleHandler{hooks.PostStart, hooks.PreStop} {
			if hook != nil {
				get(hook.HTTPGet)
			}
		}
	}
	e.secure = e.secure && !plain
	return e
}

// Simulated says, for a container whose image is not in the catalogue, what it is
// taken to do; empty for others.
func (c *Container) Simulated() string {
	if c.image.Known {
		return ""
	}
	name := c.image.Name
	if c.main != nil {
		return fmt.Sprintf("Image %q is not in the simulation's catalogue: its command runs in a simulated shell, and programs that are not known are taken to succeed", name)
	}
	var does []string
	protocol := "HTTP"
	switch {
	case c.image.HTTP == nil && c.image.GRPC != nil:
		protocol = "gRPC"
	case len(c.expected.services) > 0:
		protocol = "HTTP and gRPC health checks"
	}
	for _, port := range c.ports() {
		does = append(does, strconv.Itoa(int(port)))
	}
	return fmt.Sprintf("Image %q is not in the simulation's catalogue: it is played by a plain server that answers %s on port %s", name, protocol, strings.Join(does, ", "))
}

// assumedCommand stands for the programs of an image outside of the catalogue: what
// is installed in it is not known. As process 1 such a program is the image's server;
// any other is taken to succeed, such as a migration before the server.
func (c *Container) assumedCommand() process.Command {
	if c.image.Known {
		return nil
	}
	return func(ctx context.Context, invocation *process.Invocation) int {
		if invocation.Task().PID() == 1 {
			return c.programCommand(invocation.Name())(ctx, invocation)
		}
		return 0
	}
}
