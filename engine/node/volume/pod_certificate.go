package volume

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/podcertificate"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"
)

// PodCertificateHost is a node that has certificates issued for its pods, from the first
// volume on that shows one.
type PodCertificateHost interface {
	// PodCertificates is upstream's manager of them; nil until it has been started. Its
	// GetPodCertificateCredentialBundle does not wait. The caller holds the lock.
	PodCertificates() podcertificate.Manager
	// StartPodCertificates starts it. It is called without the lock; when it runs
	// already, it does nothing.
	StartPodCertificates(ctx context.Context)
}

// certificatePayload returns the files of a source podCertificate (KEP-4317), as
// collectData of pkg/volume/projected/projected.go makes them: a key and the chain of
// certificates that a signer has issued for it, in one file or in two. Until they are
// there, the error is that of the kubelet's manager.
func (s *Set) certificatePayload(v *volume, index int, source *corev1.PodCertificateProjection, mode int32) (payload, error) {
	pod := s.pod.Object()
	key, chain, err := s.host.PodCertificates().GetPodCertificateCredentialBundle(
		context.Background(), pod.Namespace, pod.Name, string(pod.UID), v.name, index)
	if err != nil {
		return nil, err
	}
	mode, user := s.ownerOf(mode)
	files := payload{}
	for path, data := range map[string][]byte{
		source.CredentialBundlePath: slices.Concat(key, chain),
		source.KeyPath:              key,
		source.CertificateChainPath: chain,
	} {
		if path != "" {
			files[path] = volumeutil.FileProjection{Data: data, Mode: mode, FsUser: user}
		}
	}
	return files, nil
}

// HasPodCertificate reports whether a volume of the pod shows a certificate of it.
func HasPodCertificate(pod *corev1.Pod) bool {
	return hasSource(pod, func(source *corev1.VolumeProjection) bool { return source.PodCertificate != nil })
}

// HasTrustBundle reports whether a volume of the pod shows a ClusterTrustBundle.
func HasTrustBundle(pod *corev1.Pod) bool {
	return hasSource(pod, func(source *corev1.VolumeProjection) bool { return source.ClusterTrustBundle != nil })
}

func hasSource(pod *corev1.Pod, is func(*corev1.VolumeProjection) bool) bool {
	for i := range pod.Spec.Volumes {
		projected := pod.Spec.Volumes[i].Projected
		if projected == nil {
			continue
		}
		for n := range projected.Sources {
			if is(&projected.Sources[n]) {
				return true
			}
		}
	}
	return false
}
