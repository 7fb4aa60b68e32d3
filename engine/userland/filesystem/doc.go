// Package filesystem is a bounded file system in memory with the semantics of
// Linux: the root of a container, the volumes of a pod, the files of the
// terminal.
//
// Paths are absolute and separated by slashes; a relative path is taken from
// the root. "..", symbolic links and trailing slashes resolve as in
// path_resolution(7). Every operation fails with a *fs.PathError (rename, link
// and symlink with a *LinkError) over an Errno, so errors.Is works with both
// fs.ErrNotExist and its like and with syscall.ENOENT and its like.
//
// Another FileSystem can be mounted at a path, whole or from a path of its own,
// read-only if asked:
//
//	volume := filesystem.New(filesystem.Options{})        // an emptyDir of the pod
//	container := filesystem.New(filesystem.Options{})
//	err := container.MkdirAll("/data", 0o755)
//	err = container.Mount("/data", volume, filesystem.MountOptions{ReadOnly: true})
//
// The mounted FileSystem is shared, not copied: its holders see each other's
// changes, which is how a ConfigMap volume is updated under a read-only mount
// and how the containers of a pod share an emptyDir.
//
// Files have an owner, a group and permission bits, which are checked for the user
// that a FileSystem acts for (Become); at first that is root. Whoever mounts
// another FileSystem uses it as their own user.
//
// A FileSystem is safe for concurrent use. It knows nothing of processes, pods or
// the host.
package filesystem
