package pod

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/kubelet/util/format"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/image"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/filesystem"
)

// How long a real node takes for the steps that do not depend on the image:
// mounting the pod's volumes and setting up its network, creating a container,
// starting it.
const (
	sandboxShortest, sandboxLongest = 350 * time.Millisecond, 900 * time.Millisecond
	createShortest, createLongest   = 30 * time.Millisecond, 120 * time.Millisecond
	startShortest, startLongest     = 40 * time.Millisecond, 160 * time.Millisecond
	resizeShortest, resizeLongest   = 20 * time.Millisecond, 60 * time.Millisecond
)

// startFailure is why a container could not be started: err is the waiting reason.
type startFailure struct {
	err     error
	message string
}

// podSync is one run of SyncPod. Its steps take time, and the pod's worker is busy
// until the last of them.
type podSync struct {
	worker *Worker
	view   *kubecontainer.PodStatus // of the runtime when the sync began
	todo   actions
	result kubecontainer.PodSyncResult
	// pullFailed says that pulling an image from a registry has failed.
	pullFailed bool
	// images are those of the pod's image volumes, by the volumes' names.
	images map[string]imageVolume
}

// syncPod brings the runtime to the state that the pod's spec asks for, in the
// order of the kubelet's SyncPod: status first, then the sandbox, then containers
// that must stop, init containers, containers.
func (w *Worker) syncPod() {
	w.followResize()
	view := w.runtimeStatus()
	generated := w.generateStatus(view, false)
	w.setStatus(generated)
	if podutil.IsPodPhaseTerminal(generated.Phase) {
		w.work = terminatingPod
		w.completeSync(kubecontainer.PodSyncResult{}, true)
		return
	}
	w.volumes.WaitFor(func(err error) {
		if err != nil {
			if !wait.Interrupted(err) {
				w.Event(corev1.EventTypeWarning, events.FailedMountVolume, fmt.Sprintf("Unable to attach or mount volumes: %v", err))
			}
			var result kubecontainer.PodSyncResult
			result.Fail(err)
			w.completeSync(result, false)
			return
		}
		w.syncContainers(view)
	})
}

// syncContainers continues the sync once the pod's volumes are mounted.
func (w *Worker) syncContainers(view *kubecontainer.PodStatus) {
	w.probes.Start()
	s := &podSync{worker: w, view: view, todo: w.actionsFor(view)}
	switch {
	case len(s.todo.reset) > 0:
		s.reset()
		return
	case s.todo.killPod:
		s.killPod()
		return
	case !s.todo.createSandbox:
		s.stopContainers()
		return
	}
	if len(view.SandboxStatuses) > 0 {
		w.Event(corev1.EventTypeNormal, events.SandboxChanged, "Pod sandbox changed, it will be killed and re-created.")
	}
	w.scope.After(w.node.OnDisk(w.vary.Between(sandboxShortest, sandboxLongest)), s.createSandbox)
}

func (s *podSync) createSandbox() {
	w := s.worker
	result := kubecontainer.NewSyncResult(kubecontainer.CreatePodSandbox, format.Pod(w.pod))
	s.result.AddSyncResult(result)
	if err := w.createSandbox(s.todo.sandboxAttempt); err != nil {
		message := fmt.Sprintf("rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type=\"ptp\" failed (add): %v", err)
		w.Event(corev1.EventTypeWarning, events.FailedCreatePodSandBox, "Failed to create pod sandbox: "+message)
		result.Fail(kubecontainer.ErrCreatePodSandbox, message)
		w.completeSync(s.result, false)
		return
	}
	w.sandboxReady()
	s.stopContainers()
}

// stopContainers stops the containers that must not run any more, one after the
// other, and continues the sync when all have ended.
func (s *podSync) stopContainers() {
	if len(s.todo.stop) == 0 {
		if len(s.todo.resize) == 0 {
			s.pullVolumes()
			return
		}
		s.worker.scope.After(s.worker.vary.Between(resizeShortest, resizeLongest), func() {
			s.resize()
			s.pullVolumes()
		})
		return
	}
	next := s.todo.stop[0]
	s.todo.stop = s.todo.stop[1:]
	s.result.AddSyncResult(kubecontainer.NewSyncResult(kubecontainer.KillContainer, next.name))
	c := s.worker.Find(next.id.String())
	if c == nil || !c.IsRunning() {
		s.stopContainers()
		return
	}
	s.worker.killContainer(c, next.message, s.worker.gracePeriod(c.Spec(), next.probe), nil, s.stopContainers)
}

// killPod stops all containers, and then the sandbox.
func (s *podSync) killPod() {
	w := s.worker
	w.killContainers(func() {
		s.result.AddSyncResult(kubecontainer.NewSyncResult(kubecontainer.KillPodSandbox, string(w.uid())))
		w.scope.After(w.vary.Between(stopSandboxShortest, stopSandboxLongest), func() {
			w.stopSandbox()
			s.done()
		})
	})
}

// reset stops and removes the containers of a pod that restarts as a whole; the
// next sync follows at once and starts them.
func (s *podSync) reset() {
	w := s.worker
	if len(s.todo.reset) == 0 {
		w.pending, w.seenAfter = true, time.Time{}
		s.done()
		return
	}
	c := s.todo.reset[0]
	s.todo.reset = s.todo.reset[1:]
	s.result.AddSyncResult(kubecontainer.NewSyncResult(kubecontainer.RemoveContainer, c.Spec().Name))
	remove := func() {
		w.containers = slices.DeleteFunc(w.containers, func(other *container.Container) bool { return other == c })
		c.Remove()
		w.RuntimeChanged()
		s.reset()
	}
	if !c.IsRunning() {
		remove()
		return
	}
	w.killContainer(c, "killing", 0, nil, remove)
}

// startEphemeral starts the ephemeral containers, which "kubectl debug" adds.
func (s *podSync) startEphemeral() {
	if len(s.todo.ephemeral) == 0 {
		s.startInit()
		return
	}
	spec := s.todo.ephemeral[0]
	s.todo.ephemeral = s.todo.ephemeral[1:]
	s.startContainer(spec, func(error) { s.startEphemeral() })
}

// missingTarget returns the error for an ephemeral container whose target has
// never run.
func (s *podSync) missingTarget(spec *corev1.Container) error {
	for i := range s.worker.pod.Spec.EphemeralContainers {
		ephemeral := &s.worker.pod.Spec.EphemeralContainers[i]
		if ephemeral.Name == spec.Name && ephemeral.TargetContainerName != "" && s.view.FindContainerStatusByName(ephemeral.TargetContainerName) == nil {
			return fmt.Errorf("unable to find target container %v", ephemeral.TargetContainerName)
		}
	}
	return nil
}

func (s *podSync) startInit() {
	if len(s.todo.init) == 0 {
		s.startContainers()
		return
	}
	spec := s.todo.init[0]
	s.todo.init = s.todo.init[1:]
	s.startContainer(spec, func(err error) {
		if err != nil && !podutil.IsRestartableInitContainer(spec) {
			s.done()
			return
		}
		s.startInit()
	})
}

func (s *podSync) startContainers() {
	if len(s.todo.start) == 0 {
		s.done()
		return
	}
	spec := s.todo.start[0]
	s.todo.start = s.todo.start[1:]
	s.startContainer(spec, func(error) { s.startContainers() })
}

func (s *podSync) done() {
	if s.pullFailed {
		s.worker.reportMissingSecrets()
	}
	s.worker.completeSync(s.result, false)
}

// startContainer starts a container: it checks the back-off, pulls the image and
// runs the container, and then calls done.
func (s *podSync) startContainer(spec *corev1.Container, done func(error)) {
	w := s.worker
	result := kubecontainer.NewSyncResult(kubecontainer.StartContainer, spec.Name)
	s.result.AddSyncResult(result)
	fail := func(err error, message string) {
		result.Fail(err, message)
		s.pullFailed = s.pullFailed || errors.Is(err, imagestore.ErrImagePull)
		w.reasons[spec.Name] = startFailure{err: err, message: message}
		done(err)
	}
	if message, err := s.crashLoop(spec); err != nil {
		fail(err, message)
		return
	}
	images, message, err := s.imagesOf(spec)
	if err != nil {
		fail(err, message)
		return
	}
	w.node.Puller().Ensure(imagestore.Request{
		Pod: w, Scope: w.scope, Vary: w.vary, Spec: spec, Settings: w.settings(spec.Name),
		Done: func(pulled image.Image, message string, err error) {
			if err != nil {
				w.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToCreateContainer, "Error: "+err.Error())
				fail(err, message)
				return
			}
			s.runContainer(spec, pulled, images, fail, done)
		},
	})
}

// runContainer creates and starts a container whose image is present. It calls
// done when the container runs and its hook has ended, or fail with the
// container's waiting reason.
func (s *podSync) runContainer(
	spec *corev1.Container, pulled image.Image, images map[string]*filesystem.FileSystem,
	fail func(err error, message string), done func(error),
) {
	w := s.worker
	config, err := w.configure(spec, pulled, images)
	if missing := s.missingTarget(spec); missing != nil {
		err = missing
	}
	if err != nil {
		w.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToCreateContainer, "Error: "+err.Error())
		reason := errCreateContainerConfig
		if missing := new(volume.ImageError); errors.As(err, &missing) {
			reason = errCreateContainer
		}
		fail(reason, err.Error())
		return
	}
	w.scope.After(w.node.OnDisk(w.vary.Between(createShortest, createLongest)), func() {
		restarts := w.runs[spec.Name]
		if last := s.view.FindContainerStatusByName(spec.Name); last != nil {
			restarts = last.RestartCount + 1
		}
		c := w.createContainer(spec, pulled, config, restarts)
		broken := c.MakeFiles()
		w.ContainerEvent(spec, corev1.EventTypeNormal, events.CreatedContainer, "Container created")
		w.scope.After(w.node.OnDisk(w.vary.Between(startShortest, startLongest)), func() {
			if err := c.Start(broken); err != nil {
				w.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToStartContainer, "Error: "+err.Error())
				fail(kubecontainer.ErrRunContainer, err.Error())
				return
			}
			w.ContainerEvent(spec, corev1.EventTypeNormal, events.StartedContainer, "Container started")
			if text := c.Simulated(); text != "" && c.Status().RestartCount == 0 {
				w.ContainerEvent(spec, corev1.EventTypeNormal, recorder.SimulatedImage, text)
			}
			w.postStart(c, func(reason error, message string) {
				if reason != nil {
					fail(reason, message)
					return
				}
				delete(w.reasons, spec.Name)
				done(nil)
			})
		})
	})
}

// crashLoop reports whether a container that has ended must wait before it
// restarts. The back-off counts from its end.
func (s *podSync) crashLoop(spec *corev1.Container) (message string, err error) {
	w := s.worker
	var last *kubecontainer.Status
	for _, status := range s.view.ContainerStatuses {
		if status.Name == spec.Name && status.State == kubecontainer.ContainerStateExited {
			last = status
			break
		}
	}
	if last == nil {
		return "", nil
	}
	backOff, key := w.node.RestartBackOff(), w.backOffKey(spec)
	if !backOff.IsInBackOffSince(key, last.FinishedAt) {
		backOff.Next(key, last.FinishedAt)
		return "", nil
	}
	w.ContainerEvent(spec, corev1.EventTypeWarning, events.BackOffStartContainer,
		fmt.Sprintf("Back-off restarting failed container %s in pod %s", spec.Name, format.Pod(w.pod)))
	wait := backOff.Get(key)
	message = fmt.Sprintf("back-off %s restarting failed container=%s pod=%s", wait, spec.Name, format.Pod(w.pod))
	return message, kubecontainer.NewBackoffError(kubecontainer.ErrCrashLoopBackOff, last.FinishedAt.Add(wait))
}

// backOffKey is the back-off's key for a container; a change of the container's
// image or resources gives it a new key.
func (w *Worker) backOffKey(spec *corev1.Container) string {
	return strings.Join([]string{string(w.uid()), spec.Name, spec.Image, spec.Resources.String()}, "/")
}
