package pod

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/kubelet/util/format"
	httpprobe "k8s.io/kubernetes/pkg/probe/http"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/dial"
	"tabernetes/engine/node/probe"
)

// errPostStartHook is the waiting reason that pkg/kubelet/kuberuntime gives a
// container whose postStart hook has failed.
var errPostStartHook = errors.New("PostStartHookError")

// runHook runs a lifecycle hook of a container, as upstream's handler runner does
// (pkg/kubelet/lifecycle). It calls done on the loop with the error, or with nil.
func (w *Worker) runHook(c *container.Container, hook *corev1.LifecycleHandler, done func(error)) {
	failed := func(kind, what string, err error, rest string) error {
		return fmt.Errorf("%s lifecycle hook (%s) for Container %q in Pod %q failed - error: %w%s",
			kind, what, c.Spec().Name, format.Pod(w.pod), err, rest)
	}
	switch {
	case hook.Exec != nil:
		c.Execute(hook.Exec.Command, 0, func(outcome container.Execution) {
			err := outcome.Err
			if err == nil && outcome.Code != 0 {
				err = fmt.Errorf("command '%s' exited with %d: %s", strings.Join(hook.Exec.Command, " "), outcome.Code, outcome.Errors)
			}
			if err != nil {
				err = failed("Exec", fmt.Sprint(hook.Exec.Command), err, fmt.Sprintf(", message: %q", outcome.Output))
			}
			done(err)
		})
	case hook.HTTPGet != nil:
		w.requestHook(c, hook.HTTPGet, func(err error) {
			if err != nil {
				err = failed("HTTP", hook.HTTPGet.Path, err, "")
			}
			done(err)
		})
	case hook.Sleep != nil:
		w.scope.After(time.Duration(hook.Sleep.Seconds)*time.Second, func() { done(nil) })
	default:
		done(fmt.Errorf("cannot run handler: invalid handler: %v", hook))
	}
}

// hookTimeout stands for no timeout: the kubelet's HTTP client for hooks has none,
// and the grace period or the pod's end bounds a hook.
const hookTimeout = time.Hour

// requestHook makes an HTTP request. Any answer counts as success.
func (w *Worker) requestHook(c *container.Container, action *corev1.HTTPGetAction, done func(error)) {
	host := action.Host
	if host == "" {
		if addresses := w.Addresses(); len(addresses) > 0 {
			host = addresses[0]
		}
	}
	request, err := httpprobe.NewRequestForHTTPGetAction(action, c.Spec(), host, "lifecycle")
	if err != nil {
		done(err)
		return
	}
	dial.Get(w.node, w.scope, request, hookTimeout, func(client httpprobe.GetHTTPInterface) {
		var response *http.Response
		response, err := client.Do(request)
		if response != nil {
			_ = response.Body.Close()
		}
		done(err)
	})
}

// postStart runs the container's postStart hook, if it has one. A container whose
// hook fails is killed; done gets the reason and the message of its waiting
// state.
func (w *Worker) postStart(c *container.Container, done func(reason error, message string)) {
	if c.Spec().Lifecycle == nil || c.Spec().Lifecycle.PostStart == nil || w.scope.Instant {
		done(nil, "")
		return
	}
	w.runHook(c, c.Spec().Lifecycle.PostStart, func(err error) {
		if err == nil {
			done(nil, "")
			return
		}
		// The event omits the hook's output, which could contain a secret.
		w.ContainerEvent(c.Spec(), corev1.EventTypeWarning, events.FailedPostStartHook, "PostStartHook failed")
		if !c.IsRunning() {
			done(errPostStartHook, err.Error())
			return
		}
		w.killContainer(c, "FailedPostStartHook", w.gracePeriod(c.Spec(), probe.None), nil, func() { done(errPostStartHook, err.Error()) })
	})
}

// preStop runs the container's preStop hook, if it has one and the grace period is
// not over, and calls then when the hook has ended or the grace period is over.
func (w *Worker) preStop(c *container.Container, grace time.Duration, then func()) {
	if c.Spec().Lifecycle == nil || c.Spec().Lifecycle.PreStop == nil || grace <= 0 || w.scope.Instant {
		then()
		return
	}
	over := false
	once := func() {
		if !over {
			over = true
			then()
		}
	}
	limit := w.scope.After(grace, once)
	w.runHook(c, c.Spec().Lifecycle.PreStop, func(err error) {
		if err != nil {
			w.ContainerEvent(c.Spec(), corev1.EventTypeWarning, events.FailedPreStopHook, "PreStopHook failed")
		}
		w.scope.Stop(limit)
		once()
	})
}
