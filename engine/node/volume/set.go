package volume

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kubernetes/pkg/kubelet/events"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"

	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/userland/filesystem"
)

// Periods of pkg/kubelet/volumemanager, and the back-off of a failed mount
// (pkg/util/goroutinemap/exponentialbackoff).
const (
	volumeReconcilePeriod = 100 * time.Millisecond
	volumePollPeriod      = 300 * time.Millisecond
	volumeWaitLimit       = 2*time.Minute + 3*time.Second
	mountRetryFirst       = 500 * time.Millisecond
	mountRetryMost        = 2*time.Minute + 2*time.Second
)

// Pod is the pod that the volumes belong to.
type Pod interface {
	// Object is the newest state of the pod.
	Object() *corev1.Pod
	// Event records an event about the pod.
	Event(kind, reason, message string)
	// NextSync is the time until the kubelet's next regular sync of the pod; ok is
	// false when there is none any more.
	NextSync() (in time.Duration, ok bool)
}

// Host is the node that volumes are mounted on.
type Host interface {
	// Name is the node's name; UID is that of its object in the API, empty before
	// it is known.
	Name() string
	UID() string
	// Tokens issues the tokens of service accounts.
	Tokens() TokenRequester
	// Capacity is what the node can allocate to pods.
	Capacity() corev1.ResourceList
	// Disk has the contents of hostPath volumes.
	Disk() *filesystem.FileSystem
	// ConfigMap and Secret find objects. The error is an API status NotFound.
	ConfigMap(namespace, name string) (*corev1.ConfigMap, error)
	Secret(namespace, name string) (*corev1.Secret, error)
	// Claim and PersistentVolume find what the informers know of claims and their
	// volumes. The error is an API status NotFound.
	Claim(namespace, name string) (*corev1.PersistentVolumeClaim, error)
	PersistentVolume(name string) (*corev1.PersistentVolume, error)
	// Client reads claims and their volumes from the API.
	Client() kubernetes.Interface
	// Call runs a function after the turn, without the lock.
	Call(do func(context.Context))
	TrustBundleHost
	PodCertificateHost
}

// TokenRequester has the API server issue a token of a service account, as the request
// asks for it, and defaults the request as the API does. The token is of this moment, but
// it is signed when its text is first asked for, by any goroutine that holds no lock of
// the loop; the text is always the same. The error is the API status of TokenRequest.
type TokenRequester func(namespace, account string, request *authenticationv1.TokenRequest) (text func() []byte, err error)

// Set is the volumes of a pod that its containers mount. A sync waits until each
// has been set up once; after that, each sync sets up again the volumes whose
// content comes from the API, which is how a change of a ConfigMap reaches a
// running container. It belongs to the loop.
type Set struct {
	pod   Pod
	host  Host
	scope *syncloop.Scope
	vary  variation.Source
	list  []*volume
	// planned says that the set-up of the volumes has begun.
	planned bool

	// wait continues the sync that waits for the volumes, or is nil.
	wait     func(error)
	began    time.Time
	deadline *syncloop.Timer
	poll     *syncloop.Timer
	// refused are errors that no later try of this sync can resolve.
	refused []string
	remount *syncloop.Timer
	refresh *syncloop.Timer // the sync that will apply a change of content
}

// volume is one volume of a pod.
type volume struct {
	name    string
	source  corev1.VolumeSource
	mounted bool
	refused bool // this node cannot have it
	// disk holds the volume at path; nil until it has been mounted once.
	disk     *filesystem.FileSystem
	path     string
	readOnly bool
	// persistent is the volume behind a claim, once it has been looked up.
	persistent *corev1.PersistentVolume
	// projected is what the volume shows of the API, as project has written it.
	projected payload
	tokens    map[string]serviceAccountToken // by path
	// kept are credentials from before the pod was adopted: by source, then by path.
	kept    map[int]map[string][]byte
	retryIn time.Duration // the back-off of the next failure
	retry   *syncloop.Timer
}

// NewSet makes the volumes of a pod that is to run on a node.
func NewSet(pod Pod, on Host, scope *syncloop.Scope, vary variation.Source) *Set {
	volumes := &Set{pod: pod, host: on, scope: scope, vary: vary}
	object := pod.Object()
	mounts, devices, _ := volumeutil.GetPodVolumeNames(object, false)
	for i := range object.Spec.Volumes {
		spec := &object.Spec.Volumes[i]
		if mounts.Has(spec.Name) || devices.Has(spec.Name) {
			volumes.list = append(volumes.list, &volume{name: spec.Name, source: spec.VolumeSource})
		}
	}
	return volumes
}

func (s *Set) find(name string) *volume {
	for _, v := range s.list {
		if v.name == name {
			return v
		}
	}
	return nil
}

func (s *Set) allMounted() bool {
	for _, v := range s.list {
		if !v.mounted {
			return false
		}
	}
	return true
}

// WaitFor calls then once every volume is mounted. After two minutes it gives up,
// with an error that upstream's wait.Interrupted recognizes; it gives up with
// another error when this node cannot have a volume.
func (s *Set) WaitFor(then func(error)) {
	if s.allMounted() {
		s.remountSoon()
		then(nil)
		return
	}
	s.wait, s.began, s.refused = then, s.scope.Now(), nil
	s.deadline = s.scope.After(volumeWaitLimit, func() { s.finish(context.DeadlineExceeded) })
	if s.planned {
		for _, v := range s.list {
			if !v.mounted && v.retry == nil {
				s.setUp(v)
			}
		}
		s.progressed()
		return
	}
	s.planned = true
	s.scope.After(s.vary.Between(0, 2*volumeReconcilePeriod), func() {
		for _, v := range s.list {
			s.setUp(v)
		}
		s.progressed()
	})
}

// Interrupt ends the wait, if there is one.
func (s *Set) Interrupt() {
	if s.wait != nil {
		s.finish(context.Canceled)
	}
}

// progressed checks whether the wait is over. The kubelet polls, so the wait ends
// at its next poll.
func (s *Set) progressed() {
	if s.wait == nil || s.poll != nil || (len(s.refused) == 0 && !s.allMounted()) {
		return
	}
	delay := time.Duration(0)
	if since := s.scope.Now().Sub(s.began); since > 0 && !s.scope.Instant {
		delay = volumePollPeriod - since%volumePollPeriod
	}
	s.poll = s.scope.After(delay, func() {
		if len(s.refused) > 0 {
			s.finish(errors.New(strings.Join(s.refused, "; ")))
			return
		}
		s.finish(nil)
	})
}

func (s *Set) finish(err error) {
	s.scope.Stop(s.deadline)
	s.scope.Stop(s.poll)
	then := s.wait
	s.wait, s.poll, s.deadline = nil, nil, nil
	if then == nil {
		return
	}
	if err != nil {
		var unmounted []string
		for _, v := range s.list {
			if !v.mounted {
				unmounted = append(unmounted, v.name)
			}
		}
		err = fmt.Errorf("unmounted volumes=%v, unattached volumes=%v, failed to process volumes=%v: %w", unmounted, []string{}, s.refusedNames(), err)
	}
	then(err)
}

func (s *Set) refusedNames() []string {
	names := []string{}
	for _, v := range s.list {
		if v.refused {
			names = append(names, v.name)
		}
	}
	return names
}

// setUp tries to mount a volume, or to update its content, and schedules a retry
// when that fails.
func (s *Set) setUp(v *volume) {
	s.scope.Stop(v.retry)
	v.retry = nil
	err := s.fill(v)
	var refusal *refusedVolumeError
	switch {
	case errors.Is(err, errResolving):
	case errors.As(err, &refusal):
		v.refused = true
		s.refused = append(s.refused, err.Error())
	case err != nil:
		s.pod.Event(corev1.EventTypeWarning, events.FailedMountVolume,
			fmt.Sprintf("MountVolume.SetUp failed for volume %q : %v", v.mountName(), err))
		v.retryIn = min(max(mountRetryFirst, 2*v.retryIn), mountRetryMost)
		// The reconciler runs once per period.
		v.retry = s.scope.After(v.retryIn+s.vary.Between(0, volumeReconcilePeriod), func() {
			s.setUp(v)
			s.progressed()
		})
	default:
		v.mounted, v.retryIn = true, 0
	}
}

// remountSoon schedules the set-up of the volumes whose content comes from the
// API, as each sync of the kubelet does.
func (s *Set) remountSoon() {
	if s.remount != nil || !s.changeable() {
		return
	}
	s.remount = s.scope.After(s.vary.Between(0, 2*volumeReconcilePeriod), func() {
		s.remount = nil
		for _, v := range s.list {
			if v.requiresRemount() && v.retry == nil {
				s.setUp(v)
			}
		}
	})
}

// ObjectChanged schedules a new set-up of a volume that shows the object. The kubelet
// sees the change at once, but sets the volume up only at the next sync of the pod.
// Such a sync comes once a minute; an idle pod of this node makes only those that
// change something.
func (s *Set) ObjectChanged(object Object) {
	if s.refresh != nil {
		return
	}
	for _, v := range s.list {
		if !v.mounted || !slices.Contains(v.references(s.pod.Object()), object) {
			continue
		}
		s.remountAtNextSync()
		return
	}
}

func (s *Set) remountAtNextSync() {
	if s.refresh != nil {
		return
	}
	if delay, ok := s.pod.NextSync(); ok {
		// Not at this instant: the managers of bundles and of certificates hear of the
		// change on goroutines of their own.
		s.refresh = s.scope.After(max(delay, time.Nanosecond), func() {
			s.refresh = nil
			s.remountSoon()
		})
	}
}

// mountName is the volume's name in events.
func (v *volume) mountName() string {
	if v.persistent != nil {
		return v.persistent.Name
	}
	return v.name
}

func (s *Set) changeable() bool {
	for _, v := range s.list {
		if v.requiresRemount() {
			return true
		}
	}
	return false
}

// requiresRemount reports whether the content can change after the first set-up.
func (v *volume) requiresRemount() bool {
	return v.source.ConfigMap != nil || v.source.Secret != nil || v.source.DownwardAPI != nil || v.source.Projected != nil
}
