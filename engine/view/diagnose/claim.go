package diagnose

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/component-helpers/storage/ephemeral"
	storagehelper "k8s.io/component-helpers/storage/volume"
	"k8s.io/kubernetes/pkg/controller/volume/events"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"
	"k8s.io/utils/ptr"
)

// provisioningFailed is the reason of a provisioner's event about a claim.
const provisioningFailed = "ProvisioningFailed"

// patientAsks is how often the volume controller says that it waits for a
// provisioner, every 15 s, until nobody is likely to answer.
const patientAsks = 2

// claim explains a volume claim that is not bound.
func (d *Diagnoser) claim(claim *corev1.PersistentVolumeClaim) []Link {
	reference := referenceTo("PersistentVolumeClaim", claim)
	link := Link{
		Object: reference, State: Blocked,
		Evidence: append([]Evidence{field(".status.phase", claim.Status.Phase)}, newest(d.eventsOf(claim.UID))...),
		Command:  describe(reference),
	}
	name := storagehelper.GetPersistentVolumeClaimClass(claim)
	class, _ := d.find("StorageClass", "", name).(*storagev1.StorageClass)
	failed := d.eventsOf(claim.UID, provisioningFailed)
	asks := d.eventsOf(claim.UID, events.ExternalProvisioning)
	waits := class != nil && ptr.Deref(class.VolumeBindingMode, storagev1.VolumeBindingImmediate) == storagev1.VolumeBindingWaitForFirstConsumer
	switch {
	case claim.Status.Phase == corev1.ClaimBound:
		return nil
	case claim.Status.Phase == corev1.ClaimLost:
		link.Reason, link.Parameters = ReasonVolumeLost, Parameters{"volume": claim.Spec.VolumeName}
	case name == "":
		link.Reason, link.Parameters = ReasonNoStorageClass, Parameters{"requested": requested(claim)}
	case waits && claim.Annotations[storagehelper.AnnSelectedNode] == "":
		link.Reason, link.Parameters, link.State = ReasonWaitsForFirstPod, Parameters{"class": name}, Waiting
	case class == nil && !d.hasVolumes(name):
		link.Reason, link.Parameters = ReasonStorageClassMissing, Parameters{"class": name}
		link.Command = command("", "get", "storageclasses,persistentvolumes")
	case class == nil || class.Provisioner == storagehelper.NotSupportedProvisioner:
		return []Link{d.noFittingVolume(link, claim, name)}
	case len(failed) > 0:
		link.Reason, link.Evidence = ReasonProvisioningFailed, newest(failed)
		link.Parameters = Parameters{"provisioner": class.Provisioner, "message": strings.TrimSpace(failed[0].Message)}
	case len(asks) > 0 && asks[0].Count > patientAsks:
		link.Reason, link.Parameters = ReasonProvisionerSilent, Parameters{"provisioner": class.Provisioner}
		link.Evidence = newest(asks)
	default:
		link.Reason, link.Parameters, link.State = ReasonProvisioning, Parameters{"provisioner": class.Provisioner}, Waiting
	}
	return []Link{link}
}

func requested(claim *corev1.PersistentVolumeClaim) string {
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	return size.String()
}

// hasVolumes reports whether somebody has made volumes of a class by hand. Its
// object need not exist.
func (d *Diagnoser) hasVolumes(class string) bool {
	return len(d.volumesOf(class)) > 0
}

func (d *Diagnoser) volumesOf(class string) []*corev1.PersistentVolume {
	return slices.DeleteFunc(all[*corev1.PersistentVolume](d, "PersistentVolume", ""), func(volume *corev1.PersistentVolume) bool {
		return storagehelper.GetPersistentVolumeClass(volume) != class
	})
}

// noFittingVolume explains why each of the volumes that people have made is not
// the claim's.
func (d *Diagnoser) noFittingVolume(link Link, claim *corev1.PersistentVolumeClaim, class string) Link {
	var unfit []string
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	for _, volume := range d.volumesOf(class) {
		capacity := volume.Spec.Capacity[corev1.ResourceStorage]
		var why string
		switch {
		case volume.Spec.ClaimRef != nil && (volume.Spec.ClaimRef.Namespace != claim.Namespace || volume.Spec.ClaimRef.Name != claim.Name):
			why = "claimRef: " + objectName(volume.Spec.ClaimRef.Namespace, volume.Spec.ClaimRef.Name)
		case capacity.Cmp(size) < 0:
			why = capacity.String() + " < " + size.String()
		case !storagehelper.CheckAccessModes(claim, volume):
			why = fmt.Sprintf("%v, wanted: %v", volume.Spec.AccessModes, claim.Spec.AccessModes)
		case claim.Spec.VolumeName != "" && claim.Spec.VolumeName != volume.Name:
			why = "volumeName: " + claim.Spec.VolumeName
		default:
			continue // it will be bound in a moment, or its labels do not match
		}
		unfit = append(unfit, volume.Name+" ("+why+")")
		link.Evidence = append(link.Evidence, field("persistentvolume "+volume.Name, why))
	}
	link.Reason = ReasonNoFittingVolume
	link.Parameters = Parameters{"class": class, "requested": size.String(), "volumes": append([]string{}, unfit...)}
	link.Command = command("", "get", "persistentvolumes")
	return link
}

// claimInUse explains that a claim is deleted once no pod uses it any more.
func (d *Diagnoser) claimInUse(claim *corev1.PersistentVolumeClaim) (Link, bool) {
	if !slices.Contains(claim.Finalizers, volumeutil.PVCProtectionFinalizer) {
		return Link{}, false
	}
	var users []string
	for _, pod := range all[*corev1.Pod](d, "Pod", claim.Namespace) {
		if slices.Contains(claimsOf(pod), claim.Name) {
			users = append(users, pod.Name)
		}
	}
	reference := referenceTo("PersistentVolumeClaim", claim)
	return Link{
		Object: reference, Reason: ReasonClaimInUse, State: Blocked,
		Parameters: Parameters{"pods": users},
		Evidence:   []Evidence{field(".metadata.finalizers", strings.Join(claim.Finalizers, ", "))},
		Command:    describe(reference),
	}, len(users) > 0
}

// volume explains a volume that nobody can claim any more.
func (d *Diagnoser) volume(volume *corev1.PersistentVolume) []Link {
	reference := referenceTo("PersistentVolume", volume)
	link := Link{
		Object: reference, Parameters: Parameters{},
		Evidence: append([]Evidence{field(".status.phase", volume.Status.Phase)}, newest(d.eventsOf(volume.UID))...),
		Command:  describe(reference),
	}
	switch {
	case volume.Status.Phase == corev1.VolumeFailed:
		link.Reason, link.State, link.Parameters["message"] = ReasonVolumeFailed, Blocked, volume.Status.Message
	case volume.Status.Phase == corev1.VolumeReleased && volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimRetain && volume.Spec.ClaimRef != nil:
		link.Reason, link.State = ReasonVolumeReleased, Held
		link.Parameters["claim"] = objectName(volume.Spec.ClaimRef.Namespace, volume.Spec.ClaimRef.Name)
	default:
		return nil
	}
	return []Link{link}
}

// unboundClaim explains a pod by the first of its claims that is not bound.
func (d *Diagnoser) unboundClaim(pod *corev1.Pod, evidence []Evidence) []Link {
	for _, name := range claimsOf(pod) {
		link := Link{
			Object: Reference{Kind: "PersistentVolumeClaim", Namespace: pod.Namespace, Name: name},
			Reason: ReasonVolumeUnbound, State: Blocked,
			Parameters: Parameters{"claim": name},
			Evidence:   evidence,
			Command:    command(pod.Namespace, "describe", "persistentvolumeclaim", name),
		}
		claim, ok := d.find("PersistentVolumeClaim", pod.Namespace, name).(*corev1.PersistentVolumeClaim)
		if !ok {
			link.Reason, link.Command = ReasonClaimMissing, command(pod.Namespace, "get", "persistentvolumeclaims")
			return []Link{link}
		}
		if chain := d.claim(claim); len(chain) > 0 {
			link.Object.UID, link.State = string(claim.UID), stateOf(chain)
			return append([]Link{link}, chain...)
		}
	}
	return nil
}

// claimsOf returns the names of the claims that a pod mounts.
func claimsOf(pod *corev1.Pod) []string {
	var names []string
	for i := range pod.Spec.Volumes {
		volume := &pod.Spec.Volumes[i]
		switch {
		case volume.PersistentVolumeClaim != nil:
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		case volume.Ephemeral != nil:
			names = append(names, ephemeral.VolumeClaimName(pod, volume))
		}
	}
	return names
}
