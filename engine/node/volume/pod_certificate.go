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
	contents := map[string][]byte{}
	key, chain, err := s.credentials(v, index)
	switch kept := v.kept[index]; {
	case err == nil:
		contents[source.CredentialBundlePath] = slices.Concat(key, chain)
		contents[source.KeyPath] = key
		contents[source.CertificateChainPath] = chain
		delete(contents, "") // where a source has no such file
	case kept != nil:
		contents = kept
	default:
		return nil, err
	}
	mode, user := s.ownerOf(mode)
	files := payload{}
	for name, data := range contents {
		files[name] = volumeutil.FileProjection{Data: data, Mode: mode, FsUser: user}
	}
	if err == nil {
		delete(v.kept, index)
		s.keepCredentials(v, files)
	}
	return files, nil
}

// credentials asks the manager.
func (s *Set) credentials(v *volume, index int) (key, chain []byte, err error) {
	manager := s.host.PodCertificates()
	if manager == nil {
		return nil, nil, errResolving
	}
	pod := s.pod.Object()
	return manager.GetPodCertificateCredentialBundle(
		context.Background(), pod.Namespace, pod.Name, string(pod.UID), v.name, index)
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
