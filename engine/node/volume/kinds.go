package volume

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/ephemeral"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"
	volumevalidation "k8s.io/kubernetes/pkg/volume/validation"

	"tabernetes/engine/userland/filesystem"
)

// refusedVolumeError says that this node cannot have a volume: it ends the wait
// for the volumes.
type refusedVolumeError struct{ text string }

func (e *refusedVolumeError) Error() string { return e.text }

// errResolving says that a claim is being looked up; the result follows.
var errResolving = errors.New("the claim is being looked up")

// fill mounts a volume, or updates the content of a mounted one.
func (s *Set) fill(v *volume) error {
	source := &v.source
	if v.persistent != nil {
		return s.fillPersistent(v)
	}
	switch {
	case source.EmptyDir != nil:
		return s.fillEmptyDir(v, source.EmptyDir)
	case source.HostPath != nil:
		return s.fillHostPath(v, source.HostPath.Path, source.HostPath.Type)
	case source.ConfigMap != nil, source.Secret != nil, source.DownwardAPI != nil, source.Projected != nil:
		files, err := s.projection(v)
		if err != nil {
			return err
		}
		return s.project(v, files)
	case source.PersistentVolumeClaim != nil:
		s.resolve(v, source.PersistentVolumeClaim.ClaimName, source.PersistentVolumeClaim.ReadOnly, false)
		return errResolving
	case source.Ephemeral != nil:
		s.resolve(v, ephemeral.VolumeClaimName(s.pod.Object(), &corev1.Volume{Name: v.name, VolumeSource: v.source}), false, true)
		return errResolving
	case source.CSI != nil:
		return fmt.Errorf("kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name %s not found in the list of registered CSI drivers", source.CSI.Driver)
	case source.NFS != nil:
		return s.nfsError(v, source.NFS)
	case source.Image != nil:
		return nil // the runtime mounts it, after the kubelet has pulled it
	}
	return &refusedVolumeError{fmt.Sprintf("failed to get Plugin from volumeSpec for volume %q err=no volume plugin matched", v.name)}
}

// unixSticky is the sticky bit of a mode as the API writes it.
const unixSticky = 0o1000

// fillEmptyDir makes the directory, which lives as long as the pod. One in memory
// has its size limit.
func (s *Set) fillEmptyDir(v *volume, source *corev1.EmptyDirVolumeSource) error {
	if v.disk != nil {
		return nil
	}
	options := filesystem.Options{Memory: source.Medium == corev1.StorageMediumMemory}
	if source.Medium == corev1.StorageMediumMemory && source.SizeLimit != nil && source.SizeLimit.Sign() > 0 {
		options.MaxBytes = min(source.SizeLimit.Value(), filesystem.DefaultMaxBytes)
	}
	v.disk = filesystem.New(options)
	mode := fs.FileMode(0o777)
	if wanted := source.Mode; wanted != nil {
		mode = fs.FileMode(*wanted) & fs.ModePerm
		if *wanted&unixSticky != 0 {
			mode |= fs.ModeSticky
		}
	}
	if err := v.disk.Chmod("/", fs.ModeDir|mode); err != nil {
		return err
	}
	return s.setOwnership(v.disk, "/")
}

// fillHostPath checks a path of the node, and creates it if the type says so, with
// the texts of upstream's plug-in.
func (s *Set) fillHostPath(v *volume, at string, kind *corev1.HostPathType) error {
	if err := volumevalidation.ValidatePathNoBacksteps(at); err != nil {
		return fmt.Errorf("invalid HostPath `%s`: %w", at, err)
	}
	disk := s.host.Disk()
	found, err := disk.Stat(at)
	exists := err == nil
	wanted := corev1.HostPathUnset
	if kind != nil {
		wanted = *kind
	}
	switch wanted {
	case corev1.HostPathUnset, corev1.HostPathDirectoryOrCreate:
		// Without a type, the runtime creates a missing directory.
		if !exists {
			err = disk.MkdirAll(at, 0o755)
		} else if wanted == corev1.HostPathDirectoryOrCreate {
			err = typeError(at, found, fs.ModeDir, "directory")
		}
	case corev1.HostPathDirectory:
		err = checkType(at, found, err, fs.ModeDir, "directory")
	case corev1.HostPathFileOrCreate:
		if !exists {
			err = disk.WriteFile(at, nil, 0o644)
			var missing *fs.PathError
			if errors.As(err, &missing) {
				err = fmt.Errorf("open %s: %s", at, filesystem.Text(err))
			}
		} else {
			err = typeError(at, found, 0, "file")
		}
	case corev1.HostPathFile:
		err = checkType(at, found, err, 0, "file")
	case corev1.HostPathSocket:
		err = checkType(at, found, err, fs.ModeSocket, "socket file")
	case corev1.HostPathCharDev:
		err = checkType(at, found, err, fs.ModeDevice|fs.ModeCharDevice, "character device")
	case corev1.HostPathBlockDev:
		err = checkType(at, found, err, fs.ModeDevice, "block device")
	default:
		err = fmt.Errorf("%s is an invalid volume type", wanted)
	}
	if err != nil {
		return err
	}
	v.disk, v.path = disk, at
	return nil
}

func checkType(at string, found fs.FileInfo, err error, want fs.FileMode, name string) error {
	if err != nil {
		return fmt.Errorf("hostPath type check failed: %s is not a %s", at, name)
	}
	return typeError(at, found, want, name)
}

func typeError(at string, found fs.FileInfo, want fs.FileMode, name string) error {
	if found.Mode().Type() == want {
		return nil
	}
	is := map[fs.FileMode]string{fs.ModeDir: "Directory", 0: "File", fs.ModeSocket: "Socket"}[found.Mode().Type()]
	if is == "" {
		is = "CharDevice"
	}
	return fmt.Errorf("hostPath type check failed: %s is not a %s, it's a %s", at, name, is)
}

// nfsError returns mount's error for a server that this network does not have.
func (s *Set) nfsError(v *volume, source *corev1.NFSVolumeSource) error {
	directory := path.Join("/var/lib/kubelet/pods", string(s.pod.Object().UID), "volumes/kubernetes.io~nfs", v.name)
	//nolint:staticcheck // the text is mount's
	return fmt.Errorf("mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs %s:%s %s\n"+
		"Output: mount.nfs: Failed to resolve server %s: Name or service not known\n", source.Server, source.Path, directory, source.Server)
}

// resolve reads a claim and its volume from the API, as the kubelet does at each
// sync until they are mounted.
func (s *Set) resolve(v *volume, claimName string, readOnly, ofPod bool) {
	pod := s.pod.Object()
	s.host.Call(func(ctx context.Context) {
		core := s.host.Client().CoreV1()
		persistent, err := claimedVolume(pod, claimName, ofPod,
			func() (*corev1.PersistentVolumeClaim, error) {
				return core.PersistentVolumeClaims(pod.Namespace).Get(ctx, claimName, metav1.GetOptions{})
			},
			func(name string) (*corev1.PersistentVolume, error) {
				return core.PersistentVolumes().Get(ctx, name, metav1.GetOptions{})
			})
		s.scope.Lock()
		defer s.scope.Unlock()
		if s.scope.Ended() {
			return
		}
		s.scope.Advance()
		if err != nil {
			v.refused = true
			s.refused = append(s.refused, err.Error())
		} else {
			v.persistent, v.readOnly = persistent, readOnly
			s.setUp(v)
		}
		s.progressed()
		s.scope.Wake()
	})
}

// claimedVolume finds the volume behind a claim, with the errors of the
// kubelet's volume manager.
func claimedVolume(
	pod *corev1.Pod, claimName string, ofPod bool,
	getClaim func() (*corev1.PersistentVolumeClaim, error),
	getVolume func(name string) (*corev1.PersistentVolume, error),
) (*corev1.PersistentVolume, error) {
	fail := func(err error) (*corev1.PersistentVolume, error) {
		return nil, fmt.Errorf("error processing PVC %s/%s: %w", pod.Namespace, claimName, err)
	}
	claim, err := getClaim()
	switch {
	case err != nil:
		return fail(fmt.Errorf("failed to fetch PVC from API server: %w", err))
	case claim.DeletionTimestamp != nil && !slices.Contains(claim.Finalizers, volumeutil.PVCProtectionFinalizer):
		return fail(errors.New("PVC is being deleted"))
	case claim.Status.Phase != corev1.ClaimBound:
		return fail(errors.New("PVC is not bound"))
	case claim.Spec.VolumeName == "":
		return fail(errors.New("PVC has empty pvc.Spec.VolumeName"))
	}
	if ofPod {
		if err := ephemeral.VolumeIsForPod(pod, claim); err != nil {
			return nil, err
		}
	}
	found, err := getVolume(claim.Spec.VolumeName)
	switch {
	case err != nil:
		return fail(fmt.Errorf("failed to fetch PV %s from API server: %w", claim.Spec.VolumeName, err))
	case found.Spec.ClaimRef == nil:
		return fail(fmt.Errorf("found PV object %s but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim", found.Name))
	case found.Spec.ClaimRef.UID != claim.UID:
		return fail(fmt.Errorf("found PV object %s but its pv.Spec.ClaimRef.UID %s does not point to claim.UID %s", found.Name, found.Spec.ClaimRef.UID, claim.UID))
	}
	return found, nil
}

func (s *Set) fillPersistent(v *volume) error {
	source := &v.persistent.Spec.PersistentVolumeSource
	switch {
	case source.HostPath != nil:
		return s.fillHostPath(v, source.HostPath.Path, source.HostPath.Type)
	case source.Local != nil:
		if _, err := s.host.Disk().Stat(source.Local.Path); err != nil {
			return fmt.Errorf("path %q does not exist", source.Local.Path)
		}
		if err := s.fillHostPath(v, source.Local.Path, nil); err != nil {
			return err
		}
		return s.setOwnership(v.disk, v.path)
	case source.NFS != nil:
		return s.nfsError(v, source.NFS)
	case source.CSI != nil:
		return fmt.Errorf("kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name %s not found in the list of registered CSI drivers", source.CSI.Driver)
	}
	return &refusedVolumeError{fmt.Sprintf("failed to get Plugin from volumeSpec for volume %q err=no volume plugin matched", v.persistent.Name)}
}
