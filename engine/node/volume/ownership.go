package volume

import (
	"io/fs"
	"path"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/userland/filesystem"
)

// The permissions that a pod's fsGroup gets in its volumes, from upstream's
// pkg/volume/volume_linux.go.
const (
	writableMask  fs.FileMode = 0o660
	readOnlyMask  fs.FileMode = 0o440
	directoryMask             = fs.ModeSetgid | 0o110
)

// fsGroup is the group that owns the pod's volumes, or nil.
func (s *Set) fsGroup() *int64 {
	if context := s.pod.Object().Spec.SecurityContext; context != nil {
		return context.FSGroup
	}
	return nil
}

// setOwnership gives a volume to the pod's fsGroup, if it has one, unless its root
// is the group's already and the policy is OnRootMismatch.
func (s *Set) setOwnership(disk *filesystem.FileSystem, root string) error {
	group := s.fsGroup()
	if group == nil {
		return nil
	}
	policy := s.pod.Object().Spec.SecurityContext.FSGroupChangePolicy
	if policy != nil && *policy == corev1.FSGroupChangeOnRootMismatch {
		info, err := disk.Stat(root)
		if err != nil {
			return err
		}
		wanted := writableMask | directoryMask
		if info.Sys().(*filesystem.Info).GID == int(*group) && info.Mode()&wanted == wanted {
			return nil
		}
	}
	return giveToGroup(disk, root, int(*group), writableMask)
}

// giveToGroup gives a file or a directory, with all that is in it, to a group.
func giveToGroup(disk *filesystem.FileSystem, name string, group int, mask fs.FileMode) error {
	info, err := disk.Lstat(name)
	if err != nil {
		return err
	}
	if err := disk.Lchown(name, filesystem.Unchanged, group); err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return nil
	}
	mode := info.Mode() | mask
	if info.IsDir() {
		mode |= directoryMask
	}
	if err := disk.Chmod(name, mode); err != nil || !info.IsDir() {
		return err
	}
	entries, err := disk.ReadDir(name)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := giveToGroup(disk, path.Join(name, entry.Name()), group, mask); err != nil {
			return err
		}
	}
	return nil
}
