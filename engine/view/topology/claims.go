package topology

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/volume"

	"tabernetes/engine/view/fields"
)

func (topology *Topology) claimItem(claim *corev1.PersistentVolumeClaim) *ClaimItem {
	row := topology.columns.claim(claim)
	return &ClaimItem{
		UID:          string(claim.UID),
		Kind:         kindClaim,
		Namespace:    claim.Namespace,
		Name:         claim.Name,
		Owner:        controllerUID(claim),
		Created:      milliseconds(claim.CreationTimestamp.Time),
		Deleting:     deletion(claim),
		RevisionSeen: fields.Revision(claim),
		Targets:      topology.graph.mounting(claim),
		Status:       row.text(topology.columns.claimStatus),
		Bound:        claim.Status.Phase == corev1.ClaimBound,
		Capacity:     cmp.Or(row.text(topology.columns.claimCapacity), requestedStorage(claim)),
		Class:        volume.GetPersistentVolumeClaimClass(claim),
		Volume:       claim.Spec.VolumeName,
	}
}

func (topology *Topology) volumeItem(object *corev1.PersistentVolume) *VolumeItem {
	row := topology.columns.volume(object)
	return &VolumeItem{
		UID:           string(object.UID),
		Kind:          kindVolume,
		Name:          object.Name,
		Owner:         controllerUID(object),
		Created:       milliseconds(object.CreationTimestamp.Time),
		Deleting:      deletion(object),
		RevisionSeen:  fields.Revision(object),
		Status:        row.text(topology.columns.volumeStatus),
		Bound:         isTaken(object),
		Capacity:      row.text(topology.columns.volumeCapacity),
		Class:         volume.GetPersistentVolumeClass(object),
		ReclaimPolicy: row.text(topology.columns.volumeReclaimPolicy),
		Claim:         row.text(topology.columns.volumeClaim),
	}
}

// isTaken reports whether a volume is a claim's, from the moment at which it is made for
// it: it is bound a moment later.
func isTaken(object *corev1.PersistentVolume) bool {
	switch object.Status.Phase {
	case corev1.VolumeReleased, corev1.VolumeFailed:
		return false
	case corev1.VolumeBound:
		return true
	default:
		return object.Spec.ClaimRef != nil && object.Spec.ClaimRef.UID != ""
	}
}

func requestedStorage(claim *corev1.PersistentVolumeClaim) string {
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	return size.String()
}

// mounting returns the UIDs of the workloads whose pods mount a claim, in the order
// of items.
func (graph *graph) mounting(claim *corev1.PersistentVolumeClaim) []string {
	var found []*entry
	for uid := range graph.templates {
		known := graph.entries[uid]
		if known.object.GetNamespace() == claim.Namespace && mounts(known.object, claim.Name) {
			found = append(found, known)
		}
	}
	return uidsOf(found)
}

func mounts(workload metav1.Object, claim string) bool {
	if slices.Contains(claimNames(templateOf(workload)), claim) {
		return true
	}
	set, ok := workload.(*appsv1.StatefulSet)
	if !ok {
		return false
	}
	for _, template := range set.Spec.VolumeClaimTemplates {
		if ordinal, is := strings.CutPrefix(claim, template.Name+"-"+set.Name+"-"); is {
			if _, err := strconv.ParseUint(ordinal, 10, 31); err == nil {
				return true
			}
		}
	}
	return false
}

// claimNames returns the claims that a pod template mounts by name.
func claimNames(template *corev1.PodTemplateSpec) []string {
	if template == nil {
		return nil
	}
	var names []string
	for _, one := range template.Spec.Volumes {
		if one.PersistentVolumeClaim != nil {
			names = append(names, one.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}
