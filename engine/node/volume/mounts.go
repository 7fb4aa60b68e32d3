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

// ImageError says that the runtime cannot mount a part of an image. It leaves the
// container in CreateContainerError.
type ImageError struct {
	subPath, image string
	err            error
}

// Error has containerd's text.
func (e *ImageError) Error() string {
	return fmt.Sprintf("failed to mount image volume: failed to ensure image subpath %q in %q: %v", e.subPath, e.image, filesystem.Text(e.err))
}

// Unwrap returns why there is no such part.
func (e *ImageError) Unwrap() error { return e.err }

// Mounts returns the volume mounts of a container, by the rules of the kubelet's
// makeMounts. images are the files of the image volumes, by the volumes' names. An
// error leaves the container in CreateContainerConfigError, unless it is an ImageError.
func (s *Set) Mounts(spec *corev1.Container, environment []kubecontainer.EnvVar, images map[string]*filesystem.FileSystem) ([]Mount, error) {
	var mounts []Mount
	for i := range spec.VolumeMounts {
		wanted := &spec.VolumeMounts[i]
		v := s.find(wanted.Name)
		files := images[wanted.Name]
		if v == nil || v.disk == nil && files == nil {
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
		if files != nil {
			if _, err := files.Stat(path.Join("/", subPath)); err != nil {
				return nil, &ImageError{subPath, v.source.Image.Reference, err}
			}
			mounts = append(mounts, Mount{
				Name: wanted.Name, Path: path.Join("/", wanted.MountPath), From: files,
				Options: filesystem.MountOptions{ReadOnly: true, From: path.Join("/", subPath)},
			})
			continue
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
