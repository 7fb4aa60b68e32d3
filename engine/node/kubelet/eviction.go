package kubelet

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/tools/reference"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/kubelet/eviction"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
	kubetypes "k8s.io/kubernetes/pkg/kubelet/types"
	"k8s.io/utils/clock"

	"tabernetes/engine/node/hardware"
)

// Periods of the eviction manager.
const (
	evictionInterval         = 10 * time.Second
	evictionFirst            = time.Second
	evictionLast             = 5 * time.Second
	pressureTransitionPeriod = 5 * time.Minute
	leastKillTimeout         = 10 * time.Second
)

// newEvictions makes upstream's eviction manager for a node, and its part in
// admission.
func newEvictions(k *Kubelet) (eviction.Manager, lifecycle.PodAdmitHandler, error) {
	thresholds, err := eviction.ParseThresholdConfig([]string{kubetypes.NodeAllocatableEnforcementKey}, hardware.EvictionHard, nil, nil, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("parse eviction thresholds: %w", err)
	}
	manager, admission := eviction.NewManager(summaries{k}, eviction.Config{
		PressureTransitionPeriod: pressureTransitionPeriod,
		Thresholds:               thresholds,
	}, k.killPod, reclaim{k}, reclaim{k}, nodeRecorder{node: k}, k.reference(), clock.RealClock{}, true)
	return manager, admission, nil
}

// watchPressure runs upstream's eviction manager until ctx ends. It starts between
// two reports of the node's status, as a kubelet starts the manager when the
// container runtime has answered. The manager's goroutine ends with ctx, or at
// most 30 s later while it waits for a pod. The caller holds the lock.
func (k *Kubelet) watchPressure(ctx context.Context) {
	if k.loop.Instant {
		return
	}
	// Its log is for debugging a kubelet.
	ctx = klog.NewContext(ctx, klog.FromContext(ctx).V(4))
	k.loop.After(k.vary.Between(evictionFirst, evictionLast), func() {
		k.pressure.Start(ctx, oneDisk{}, k.lockedActivePods, k.cleanedUp, evictionInterval)
	})
}

func (k *Kubelet) lockedActivePods() []*corev1.Pod {
	k.loop.Lock()
	defer k.loop.Unlock()
	return k.activePods(nil)
}

// cleanedUp reports whether nothing is left of a pod.
func (k *Kubelet) cleanedUp(pod *corev1.Pod) bool {
	k.loop.Lock()
	defer k.loop.Unlock()
	w := k.pods[pod.UID]
	return w == nil || w.Done()
}

// killPod ends a pod and waits until nothing of it runs, as the kubelet's
// killPodNow does. It must not be called on the sync loop.
func (k *Kubelet) killPod(pod *corev1.Pod, _ bool, grace *int64, amend func(*corev1.PodStatus)) error {
	limit := leastKillTimeout
	if own := graceOf(grace); own != nil {
		limit = max(limit, *own+*own/2)
	} else if own := graceOf(pod.Spec.TerminationGracePeriodSeconds); own != nil {
		limit = max(limit, *own+*own/2)
	}
	ended := make(chan struct{})
	k.loop.Lock()
	k.loop.Advance()
	if w := k.pods[pod.UID]; w != nil {
		w.Kill(graceOf(grace), amend, func() { close(ended) })
	} else {
		close(ended)
	}
	k.loop.Unlock()
	k.loop.Wake()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-ended:
		return nil
	case <-timer.C:
		nodeRecorder{node: k}.Event(pod, corev1.EventTypeWarning, events.ExceededGracePeriod, "Container runtime did not kill the pod within specified grace period.")
		return errors.New("timeout waiting to kill pod")
	}
}

// oneDisk says that a machine has one disk for everything.
type oneDisk struct{}

// HasDedicatedImageFs implements eviction.DiskInfoProvider.
func (oneDisk) HasDedicatedImageFs(context.Context) (bool, error) { return false, nil }

// HasDedicatedContainerFs implements eviction.DiskInfoProvider.
func (oneDisk) HasDedicatedContainerFs(context.Context) (bool, error) { return false, nil }

// reclaim frees disk space before pods are evicted.
type reclaim struct{ node *Kubelet }

// DeleteUnusedImages implements eviction.ImageGC.
func (r reclaim) DeleteUnusedImages(context.Context) error {
	k := r.node
	k.loop.Lock()
	defer k.loop.Unlock()
	used := map[string]bool{}
	for _, w := range k.pods {
		for _, name := range w.UsedImages() {
			used[name] = true
		}
	}
	k.images.Keep(used)
	return nil
}

// DeleteAllUnusedContainers implements eviction.ContainerGC. Dead containers take
// no space here.
func (r reclaim) DeleteAllUnusedContainers(context.Context) error { return nil }

// nodeRecorder lets upstream's parts of the kubelet record events through the
// node.
type nodeRecorder struct {
	node *Kubelet
	held bool // the caller holds the lock
}

var _ record.EventRecorder = nodeRecorder{}

// Event implements record.EventRecorder.
func (r nodeRecorder) Event(object runtime.Object, kind, reason, message string) {
	r.AnnotatedEventf(object, nil, kind, reason, "%s", message)
}

// Eventf implements record.EventRecorder.
func (r nodeRecorder) Eventf(object runtime.Object, kind, reason, format string, arguments ...any) {
	r.AnnotatedEventf(object, nil, kind, reason, format, arguments...)
}

// AnnotatedEventf implements record.EventRecorder.
func (r nodeRecorder) AnnotatedEventf(object runtime.Object, annotations map[string]string, kind, reason, format string, arguments ...any) {
	about, err := reference.GetReference(legacyscheme.Scheme, object)
	if err != nil {
		return
	}
	k := r.node
	if !r.held {
		k.loop.Lock()
		defer k.loop.Wake()
		defer k.loop.Unlock()
		k.loop.Advance()
	}
	before := len(k.events)
	k.Record(about, kind, reason, fmt.Sprintf(format, arguments...))
	if len(k.events) > before {
		k.events[before].Annotations = annotations
	}
}
