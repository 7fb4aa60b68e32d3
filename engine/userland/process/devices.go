package process

import (
	"errors"
	"io/fs"

	"tabernetes/engine/userland/filesystem"
)

// Devices makes the device files and directories that every container has:
// /dev/null, /dev/zero, /dev/full, /dev/random, /dev/urandom, the links to the
// standard streams, /tmp and /proc. Existing files are kept.
func Devices(files *filesystem.FileSystem) error {
	for _, directory := range []string{"/dev", "/proc", "/tmp", "/root", "/etc", "/var"} {
		if err := files.MkdirAll(directory, 0o755); err != nil {
			return err
		}
	}
	if err := files.Chmod("/tmp", 0o777|fs.ModeSticky); err != nil {
		return err
	}
	for name, device := range map[string]filesystem.Device{
		"/dev/null": filesystem.Null{}, "/dev/zero": filesystem.Zero{}, "/dev/full": filesystem.Full{},
	} {
		if err := files.AddDevice(name, device); err != nil && !errors.Is(err, filesystem.ErrExist) {
			return err
		}
	}
	for name, target := range map[string]string{
		"/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2", "/dev/fd": "/proc/self/fd",
	} {
		if err := files.Symlink(target, name); err != nil && !errors.Is(err, filesystem.ErrExist) {
			return err
		}
	}
	return nil
}
