package volume

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	volumevalidation "k8s.io/kubernetes/pkg/volume/validation"

	"tabernetes/engine/userland/filesystem"
)

// Mount is a volume, or a part of it, in a container.
type Mount struct {
	Name, Path string
	From       *filesystem.FileSystem
	Options    filesystem.MountOptions
}

// Mounts returns the volume mounts of a container, by the rules of the kubelet's
// makeMounts. An error leaves the container in CreateContainerConfigError.
func (s *Set) Mounts(spec *corev1.Container, environment []kubecontainer.EnvVar) ([]Mount, error) {
	var mounts []Mount
	for i := range spec.VolumeMounts {
		wanted := &spec.VolumeMounts[i]
		v := s.find(wanted.Name)
		if v == nil || v.disk == nil {
			return nil, fmt.Errorf("cannot find volume %q to mount into container %q", wanted.Name, spec.Name)
		}
		subPath := wanted.SubPath
		if wanted.SubPathExpr != "" {
			expanded, err := kubecontainer.ExpandContainerVolumeMounts(*wanted, environment)
			if err != nil {
				return nil, err
			}
			subPath = expanded
		}
		from := path.Join("/", v.path)
		if subPath != "" {
			if path.IsAbs(subPath) {
				return nil, fmt.Errorf("error SubPath `%s` must not be an absolute path", subPath)
			}
			if err := volumevalidation.ValidatePathNoBacksteps(subPath); err != nil {
				return nil, fmt.Errorf("unable to provision SubPath `%s`: %w", subPath, err)
			}
			from = path.Join(from, subPath)
			if _, err := v.disk.Stat(from); errors.Is(err, fs.ErrNotExist) {
				// A new directory has the permissions of the volume.
				mode := fs.FileMode(0o755)
				if info, err := v.disk.Stat(path.Join("/", v.path)); err == nil && info.IsDir() {
					mode = info.Mode()
				}
				if err := v.disk.MkdirAll(from, mode); err != nil {
					return nil, fmt.Errorf("failed to create subPath directory for volumeMount %q of container %q", wanted.Name, spec.Name)
				}
			} else if err != nil {
				return nil, fmt.Errorf("failed to prepare subPath for volumeMount %q of container %q", wanted.Name, spec.Name)
			}
		}
		mounts = append(mounts, Mount{
			Name: wanted.Name, Path: path.Join("/", wanted.MountPath), From: v.disk,
			Options: filesystem.MountOptions{ReadOnly: wanted.ReadOnly || v.readOnly, From: from},
		})
	}
	// containerd mounts paths of smaller depth first.
	slices.SortStableFunc(mounts, func(a, b Mount) int { return strings.Count(a.Path, "/") - strings.Count(b.Path, "/") })
	return mounts, nil
}
