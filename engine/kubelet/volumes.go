package kubelet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/events"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"

	"tabernetes/engine/userland/filesystem"
)

// Periods of pkg/kubelet/volumemanager, and the back-off of a mount that fails
// (pkg/util/goroutinemap/exponentialbackoff).
const (
	volumeReconcilePeriod = 100 * time.Millisecond
	volumePollPeriod      = 300 * time.Millisecond
	volumeWaitLimit       = 2*time.Minute + 3*time.Second
	mountRetryFirst       = 500 * time.Millisecond
	mountRetryMost        = 2*time.Minute + 2*time.Second
)

// podVolumes are the volumes of a pod that its containers mount. A sync waits
// until each has been set up once; after that each sync has those set up anew
// whose content comes from the API, which is how a change of a ConfigMap reaches
// a running container.
type podVolumes struct {
	worker *podWorker
	list   []*volume
	// planned says that the set-up of the volumes has been begun.
	planned bool

	// wait is the sync that waits for the volumes, or nil.
	wait     func(error)
	began    time.Time
	deadline *timer
	poll     *timer
	// refused are errors that no later try of this sync can heal.
	refused []string
	remount *timer
	refresh *timer // the sync that the pod's next change of content waits for
}

// volume is one volume of a pod.
type volume struct {
	name    string
	source  corev1.VolumeSource
	mounted bool
	refused bool // it is none that this node can have
	// disk holds the volume at path; nil until it has been mounted once.
	disk     *filesystem.FileSystem
	path     string
	readOnly bool
	// persistent is the volume behind a claim, once that was looked up.
	persistent *corev1.PersistentVolume
	tokens     map[string]serviceAccountToken // by path
	retryIn    time.Duration                  // the back-off of the next failure
	retry      *timer
}

func newPodVolumes(w *podWorker) *podVolumes {
	volumes := &podVolumes{worker: w}
	mounts, devices, _ := volumeutil.GetPodVolumeNames(w.pod, false)
	for i := range w.pod.Spec.Volumes {
		spec := &w.pod.Spec.Volumes[i]
		if mounts.Has(spec.Name) || devices.Has(spec.Name) {
			volumes.list = append(volumes.list, &volume{name: spec.Name, source: spec.VolumeSource})
		}
	}
	return volumes
}

func (p *podVolumes) find(name string) *volume {
	for _, v := range p.list {
		if v.name == name {
			return v
		}
	}
	return nil
}

func (p *podVolumes) allMounted() bool {
	for _, v := range p.list {
		if !v.mounted {
			return false
		}
	}
	return true
}

// waitFor calls then once every volume is mounted. It gives up, with an error
// that upstream's wait.Interrupted knows, after two minutes, and with another
// when a volume cannot be one of this node.
func (p *podVolumes) waitFor(then func(error)) {
	if p.allMounted() {
		p.remountSoon()
		then(nil)
		return
	}
	w := p.worker
	p.wait, p.began, p.refused = then, w.node.now, nil
	p.deadline = w.after(volumeWaitLimit, func() { p.finish(context.DeadlineExceeded) })
	w.interrupt = func() { p.finish(context.Canceled) }
	if p.planned {
		for _, v := range p.list {
			if !v.mounted && v.retry == nil {
				p.setUp(v)
			}
		}
		p.progressed()
		return
	}
	p.planned = true
	w.after(w.vary.between(0, 2*volumeReconcilePeriod), func() {
		for _, v := range p.list {
			p.setUp(v)
		}
		p.progressed()
	})
}

// progressed looks whether the wait is over. The kubelet polls for that, so the
// wait ends at its next look.
func (p *podVolumes) progressed() {
	if p.wait == nil || p.poll != nil || (len(p.refused) == 0 && !p.allMounted()) {
		return
	}
	delay := time.Duration(0)
	if since := p.worker.node.now.Sub(p.began); since > 0 && !p.worker.node.instant {
		delay = volumePollPeriod - since%volumePollPeriod
	}
	p.poll = p.worker.after(delay, func() {
		if len(p.refused) > 0 {
			p.finish(errors.New(strings.Join(p.refused, "; ")))
			return
		}
		p.finish(nil)
	})
}

func (p *podVolumes) finish(err error) {
	w := p.worker
	w.stop(p.deadline)
	w.stop(p.poll)
	w.interrupt = nil
	then := p.wait
	p.wait, p.poll, p.deadline = nil, nil, nil
	if then == nil {
		return
	}
	if err != nil {
		var unmounted []string
		for _, v := range p.list {
			if !v.mounted {
				unmounted = append(unmounted, v.name)
			}
		}
		err = fmt.Errorf("unmounted volumes=%v, unattached volumes=%v, failed to process volumes=%v: %w", unmounted, []string{}, p.refusedNames(), err)
	}
	then(err)
}

func (p *podVolumes) refusedNames() []string {
	names := []string{}
	for _, v := range p.list {
		if v.refused {
			names = append(names, v.name)
		}
	}
	return names
}

// setUp tries to mount a volume, or to bring its content up to date, and tries
// again later when that fails.
func (p *podVolumes) setUp(v *volume) {
	w := p.worker
	w.stop(v.retry)
	v.retry = nil
	err := p.fill(v)
	var refusal *refusedVolumeError
	switch {
	case errors.Is(err, errResolving):
	case errors.As(err, &refusal):
		v.refused = true
		p.refused = append(p.refused, err.Error())
	case err != nil:
		w.podEvent(corev1.EventTypeWarning, events.FailedMountVolume,
			fmt.Sprintf("MountVolume.SetUp failed for volume %q : %v", v.mountName(), err))
		v.retryIn = min(max(mountRetryFirst, 2*v.retryIn), mountRetryMost)
		// The reconciler looks once in its period.
		v.retry = w.after(v.retryIn+w.vary.between(0, volumeReconcilePeriod), func() {
			p.setUp(v)
			p.progressed()
		})
	default:
		v.mounted, v.retryIn = true, 0
	}
}

// remountSoon has the volumes set up anew whose content comes from the API, as
// each sync of the kubelet does.
func (p *podVolumes) remountSoon() {
	if p.remount != nil || !p.changeable() {
		return
	}
	w := p.worker
	p.remount = w.after(w.vary.between(0, 2*volumeReconcilePeriod), func() {
		p.remount = nil
		for _, v := range p.list {
			if v.requiresRemount() && v.retry == nil {
				p.setUp(v)
			}
		}
	})
}

// objectChanged has a volume that shows a ConfigMap or Secret set up anew. The
// kubelet sees the change at once, but does so only at the next sync of the pod:
// one a minute comes by itself, of which an idle pod of this node does only those
// that change something.
func (p *podVolumes) objectChanged(object objectName) {
	w := p.worker
	if p.refresh != nil || w.work != syncPod {
		return
	}
	for _, v := range p.list {
		if v.mounted && slices.Contains(v.references(w.pod.Namespace), object) {
			p.refresh = w.after(w.vary.between(0, time.Duration(w.vary.jitter(resyncInterval, backOffJitter))), func() {
				p.refresh = nil
				p.remountSoon()
			})
			return
		}
	}
}

// mountName is what the volume is called in events.
func (v *volume) mountName() string {
	if v.persistent != nil {
		return v.persistent.Name
	}
	return v.name
}

func (p *podVolumes) changeable() bool {
	for _, v := range p.list {
		if v.requiresRemount() {
			return true
		}
	}
	return false
}

// requiresRemount says whether the content can change after the first set-up.
func (v *volume) requiresRemount() bool {
	return v.source.ConfigMap != nil || v.source.Secret != nil || v.source.DownwardAPI != nil || v.source.Projected != nil
}
