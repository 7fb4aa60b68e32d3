package kubelet

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/node/pod"
	"tabernetes/engine/node/volume"
)

// delivery is a state of a pod that the node has not processed yet.
type delivery struct {
	pod     *corev1.Pod
	deleted bool
}

// Deliver puts a pod into the inbox. It never blocks; informers call it. While the
// node is cut off, deliveries are lost: DeliverAll makes up for them.
func (k *Kubelet) Deliver(pod *corev1.Pod, deleted bool) {
	if k.partitioned.Load() {
		return
	}
	k.loop.Lock()
	if _, queued := k.inboxPods[pod.UID]; !queued {
		k.inbox = append(k.inbox, pod.UID)
	}
	k.inboxPods[pod.UID] = delivery{pod: pod, deleted: deleted}
	k.loop.Unlock()
	k.loop.Wake()
}

// ObjectChanged notes that an object has changed that volumes can show. It never
// blocks; informers call it.
func (k *Kubelet) ObjectChanged(object volume.Object) {
	k.loop.Lock()
	if !slices.Contains(k.changed, object) {
		k.changed = append(k.changed, object)
	}
	k.loop.Unlock()
	k.loop.Wake()
}

// DeliverAll puts the current state of all of the node's pods into the inbox, as a
// kubelet does that starts or that has lost its watch: the oldest first, and those
// that no longer exist as deleted.
func (k *Kubelet) DeliverAll() {
	all, err := k.podLister.List(labels.Everything())
	if err != nil {
		return
	}
	bound := map[types.UID]bool{}
	mine := slices.DeleteFunc(all, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != k.name })
	slices.SortFunc(mine, func(a, b *corev1.Pod) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	for _, pod := range mine {
		bound[pod.UID] = true
		k.Deliver(pod, false)
	}
	k.loop.Lock()
	var gone []*corev1.Pod
	for uid, w := range k.pods {
		if !bound[uid] {
			gone = append(gone, w.Object())
		}
	}
	k.loop.Unlock()
	slices.SortFunc(gone, func(a, b *corev1.Pod) int { return strings.Compare(string(a.UID), string(b.UID)) })
	for _, pod := range gone {
		k.Deliver(pod, true)
	}
}

// update tells the pod's worker of the newest state, and creates or removes the
// worker. The caller holds the lock.
func (k *Kubelet) update(newest *corev1.Pod, deleted bool) {
	w, exists := k.pods[newest.UID]
	switch {
	case deleted && exists:
		k.forgetCertificates(w.Object())
		w.Orphan()
	case deleted:
	case exists:
		w.Update(newest)
	default:
		w = pod.New(k, newest)
		k.pods[newest.UID] = w
		k.trackCertificates(newest)
		k.add(w)
	}
}
