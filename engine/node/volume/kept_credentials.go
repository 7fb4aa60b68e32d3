package volume

import (
	"path"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"tabernetes/engine/userland/filesystem"
)

// podsDirectory is where a kubelet mounts the volumes of its pods. Of a simulated one
// only the credentials of pods are there: the keys that they have cannot be made again
// when their cluster goes on after it was stored.
const podsDirectory = "/var/lib/kubelet/pods"

// credentialsAt is the directory of a volume's credentials on the node's disk.
func (s *Set) credentialsAt(v *volume) string {
	return path.Join(podsDirectory, string(s.pod.Object().UID), "volumes/kubernetes.io~projected", v.name)
}

// keepCredentials writes the credentials of a volume to the node's disk. What a full disk
// does not take is not kept.
func (s *Set) keepCredentials(v *volume, files payload) {
	disk := s.host.Disk()
	for _, name := range files.paths() {
		at := path.Join(s.credentialsAt(v), name)
		if kept, err := disk.ReadFile(at); err == nil && string(kept) == string(files[name].Data) {
			continue
		}
		if disk.MkdirAll(path.Dir(at), 0o750) == nil {
			_ = disk.WriteFile(at, files[name].Data, 0o600)
		}
	}
}

// keptCredentials reads the files of a source from the node's disk; nil unless all are
// there.
func (s *Set) keptCredentials(v *volume, source *corev1.PodCertificateProjection) map[string][]byte {
	kept := map[string][]byte{}
	for _, name := range []string{source.CredentialBundlePath, source.KeyPath, source.CertificateChainPath} {
		if name == "" {
			continue
		}
		data, err := s.host.Disk().ReadFile(path.Join(s.credentialsAt(v), name))
		if err != nil {
			return nil
		}
		kept[name] = data
	}
	return kept
}

// adoptCredentials lets a volume of a pod that runs already go on with the credentials
// that it had, until new ones are issued. Without them its directory is empty until then.
func (s *Set) adoptCredentials(v *volume) {
	if v.source.Projected == nil {
		return
	}
	for i := range v.source.Projected.Sources {
		if source := v.source.Projected.Sources[i].PodCertificate; source != nil {
			if kept := s.keptCredentials(v, source); kept != nil {
				if v.kept == nil {
					v.kept = map[int]map[string][]byte{}
				}
				v.kept[i] = kept
			}
			v.disk, v.readOnly = filesystem.New(filesystem.Options{Memory: true}), true
		}
	}
}

// TearDown removes what the volumes of a pod that is gone have left on the node's disk.
func (s *Set) TearDown() {
	if HasPodCertificate(s.pod.Object()) {
		_ = s.host.Disk().RemoveAll(path.Join(podsDirectory, string(s.pod.Object().UID)))
	}
}

// ForgetCredentials removes the credentials of all pods from the disk of a machine that
// boots: a kubelet's are in memory.
func ForgetCredentials(disk *filesystem.FileSystem) { _ = disk.RemoveAll(podsDirectory) }

// NeedsPodCertificate reports whether a pod that is new on a node is to have a
// certificate issued.
func NeedsPodCertificate(pod *corev1.Pod) bool {
	return HasPodCertificate(pod) && !podutil.IsPodPhaseTerminal(pod.Status.Phase)
}
