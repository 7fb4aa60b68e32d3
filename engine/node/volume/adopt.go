package volume

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/storage/ephemeral"
)

// Adopt sets up the volumes of a pod whose containers run already, because its
// cluster has been loaded from storage: at once, as they were there all the time.
// What cannot be set up now is tried again by the pod's syncs.
func (s *Set) Adopt() {
	s.planned = true
	for _, v := range s.list {
		if name, ofPod := s.claimOf(v); name != "" && !s.adoptClaim(v, name, ofPod) {
			continue
		}
		s.adoptCredentials(v)
		s.setUp(v)
	}
}

// claimOf returns the name of the claim behind a volume, and whether it is the
// pod's own; empty for a volume of another kind.
func (s *Set) claimOf(v *volume) (name string, ofPod bool) {
	switch {
	case v.source.PersistentVolumeClaim != nil:
		return v.source.PersistentVolumeClaim.ClaimName, false
	case v.source.Ephemeral != nil:
		return ephemeral.VolumeClaimName(s.pod.Object(), &corev1.Volume{Name: v.name, VolumeSource: v.source}), true
	default:
		return "", false
	}
}

// adoptClaim finds the volume behind a claim in what the informers know.
func (s *Set) adoptClaim(v *volume, name string, ofPod bool) bool {
	pod := s.pod.Object()
	persistent, err := claimedVolume(pod, name, ofPod,
		func() (*corev1.PersistentVolumeClaim, error) { return s.host.Claim(pod.Namespace, name) },
		s.host.PersistentVolume)
	if err != nil {
		return false
	}
	v.persistent = persistent
	v.readOnly = v.source.PersistentVolumeClaim != nil && v.source.PersistentVolumeClaim.ReadOnly
	return true
}
