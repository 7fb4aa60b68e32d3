package probe

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/events"
	upstreamprobe "k8s.io/kubernetes/pkg/probe"
	httpprobe "k8s.io/kubernetes/pkg/probe/http"

	"tabernetes/engine/node/dial"
)

// maxProbeTries is how often a probe is tried that ends in an error, which is not
// a result (maxProbeRetries of pkg/kubelet/prober).
const maxProbeTries = 3

// verdict is the result of one check of a container, as the functions of
// upstream's pkg/probe return it.
type verdict struct {
	result upstreamprobe.Result
	output string
	err    error
}

// look probes the container and calls done with the outcome, after the time that
// the probe takes.
func (p *probe) look(try int, done func(Outcome)) {
	p.ask(func(found verdict) {
		if found.err != nil && try < maxProbeTries {
			p.look(try+1, done)
			return
		}
		done(p.report(found))
	})
}

// ask runs the probe's handler.
func (p *probe) ask(done func(verdict)) {
	switch handler := p.spec.ProbeHandler; {
	case handler.Exec != nil:
		p.askCommand(handler.Exec, done)
	case handler.HTTPGet != nil:
		p.askHTTP(handler.HTTPGet, done)
	case handler.TCPSocket != nil:
		p.askTCP(handler.TCPSocket, done)
	case handler.GRPC != nil:
		p.askGRPC(handler.GRPC, done)
	default:
		done(verdict{upstreamprobe.Unknown, "", fmt.Errorf("missing probe handler for %s:%s", p.set.pod.Object().Name, p.of.Name)})
	}
}

// report records the event of a verdict and returns the outcome for the container
// (pkg/kubelet/prober, prober.probe).
func (p *probe) report(found verdict) Outcome {
	warn := func(reason, format string, arguments ...any) {
		p.set.pod.ContainerEvent(p.of, corev1.EventTypeWarning, reason, fmt.Sprintf(format, arguments...))
	}
	switch {
	case found.err != nil:
		warn(events.ContainerUnhealthy, "%s probe errored and resulted in %s state: %s", p.kind, found.result, found.err)
		return NotRun
	case found.result == upstreamprobe.Success:
		return Success
	case found.result == upstreamprobe.Warning:
		warn(events.ContainerProbeWarning, "%s probe warning: %s", p.kind, found.output)
		return Success
	case found.result == upstreamprobe.Failure:
		warn(events.ContainerUnhealthy, "%s probe failed: %s", p.kind, found.output)
	}
	return Failure
}

func (p *probe) timeout() time.Duration {
	return time.Duration(max(1, p.spec.TimeoutSeconds)) * time.Second
}

func (p *probe) askHTTP(action *corev1.HTTPGetAction, done func(verdict)) {
	request, err := httpprobe.NewRequestForHTTPGetAction(action, p.of, p.set.pod.Status().PodIP, "probe")
	if err != nil {
		done(verdict{upstreamprobe.Unknown, "", err})
		return
	}
	dial.Get(p.set.host, p.set.scope, request, p.timeout(), func(client httpprobe.GetHTTPInterface) {
		result, output, err := httpprobe.DoHTTPProbe(request, client)
		done(verdict{result, output, err})
	})
}

func (p *probe) askTCP(action *corev1.TCPSocketAction, done func(verdict)) {
	port, err := upstreamprobe.ResolveContainerPort(action.Port, p.of)
	if err != nil {
		done(verdict{upstreamprobe.Unknown, "", err})
		return
	}
	host := action.Host
	if host == "" {
		host = p.set.pod.Status().PodIP
	}
	number := strconv.Itoa(port)
	_, err = p.set.host.ListenerAt(host, number)
	switch {
	case errors.Is(err, dial.ErrNoAnswer):
		p.set.scope.After(p.timeout(), func() {
			done(verdict{upstreamprobe.Failure, fmt.Sprintf("dial tcp %s: i/o timeout", net.JoinHostPort(host, number)), nil})
		})
	case err != nil:
		done(verdict{upstreamprobe.Failure, err.Error(), nil})
	default:
		done(verdict{upstreamprobe.Success, "", nil})
	}
}

// askGRPC checks the health of a service, with the texts of pkg/probe/grpc, which
// itself needs a connection of the operating system. A refused connection is
// retried until the timeout, as its blocking dial does.
func (p *probe) askGRPC(action *corev1.GRPCAction, done func(verdict)) {
	host, timeout := p.set.pod.Status().PodIP, p.timeout()
	port := strconv.Itoa(int(action.Port))
	fail := func(output string) { done(verdict{upstreamprobe.Failure, output, nil}) }
	c, err := p.set.host.ListenerAt(host, port)
	service := ""
	if action.Service != nil {
		service = *action.Service
	}
	status := ""
	if err == nil {
		status, err = c.Health(service)
	}
	switch {
	case err == nil && status == "SERVING":
		done(verdict{upstreamprobe.Success, "service healthy", nil})
	case err == nil:
		fail(fmt.Sprintf("service unhealthy (responded with %q)", status))
	case errors.Is(err, dial.ErrNoHealth):
		fail("error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " + err.Error())
	case errors.Is(err, dial.ErrUnknownService):
		fail(fmt.Sprintf("error: health rpc probe failed: rpc error: code = NotFound desc = %s", err))
	default:
		p.set.scope.After(timeout, func() {
			fail(fmt.Sprintf("timeout: failed to connect service %q within %v: context deadline exceeded", net.JoinHostPort(host, port), timeout))
		})
	}
}

// askCommand runs a command in the container. Its exit code is the result; its
// output is the text of the event.
func (p *probe) askCommand(action *corev1.ExecAction, done func(verdict)) {
	command := kubecontainer.ExpandContainerCommandOnlyStatic(action.Command, p.of.Env)
	found := p.set.pod.Execute(p.containerID, command, p.timeout(), func(outcome Execution) {
		switch {
		case outcome.TimedOut:
			done(verdict{upstreamprobe.Failure, outcome.Err.Error(), nil})
		case outcome.Err != nil:
			done(verdict{upstreamprobe.Unknown, "", outcome.Err})
		case outcome.Code != 0:
			done(verdict{upstreamprobe.Failure, outcome.Output, nil})
		default:
			done(verdict{upstreamprobe.Success, outcome.Output, nil})
		}
	})
	if !found {
		done(verdict{upstreamprobe.Unknown, "", fmt.Errorf("container %q not found", p.of.Name)})
	}
}
