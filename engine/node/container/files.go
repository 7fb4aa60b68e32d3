package container

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// The bounds of a termination message, from pkg/kubelet/container/runtime.go.
const (
	terminationMessageBytes    = kubecontainer.MaxContainerTerminationMessageLength
	terminationMessageLogLines = kubecontainer.MaxContainerTerminationMessageLogLines
	terminationMessageLogBytes = kubecontainer.MaxContainerTerminationMessageLogLength
)

// MakeFiles makes the container's root: the image's files, the files that the
// kubelet and the runtime put into each container, and the mounts.
func (c *Container) MakeFiles() error {
	image, pod := filesystem.New(filesystem.Options{}), c.pod.Object()
	if err := process.Devices(image); err != nil {
		return err
	}
	for _, directory := range []string{"/bin", "/home", "/mnt", "/opt", "/run", "/sbin", "/srv", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/var/run", "/var/log", "/var/tmp"} {
		if err := image.MkdirAll(directory, 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"/etc/hostname":    hostname(pod) + "\n",
		"/etc/resolv.conf": resolverConfig(pod),
		"/etc/passwd":      usualUsers + userEntry(c.image.User),
		"/etc/group":       usualGroups + groupEntry(c.image.User),
	} {
		if err := image.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if program := c.image.Programs; program.Path != "" {
		if err := image.Symlink("/bin/"+program.Runs, program.Path); err != nil {
			return err
		}
	}
	if err := makeHome(image, c.image.User); err != nil {
		return err
	}
	if served := c.image.HTTP; served != nil && served.Root != "" {
		if err := image.MkdirAll(served.Root, 0o755); err != nil {
			return err
		}
		page := c.image.Expand(served.Body, pod.Name, "/")
		if err := image.WriteFile(path.Join(served.Root, "index.html"), []byte(page), 0o644); err != nil {
			return err
		}
	}
	root := image
	if security := c.spec.SecurityContext; security != nil && security.ReadOnlyRootFilesystem != nil && *security.ReadOnlyRootFilesystem {
		root = filesystem.New(filesystem.Options{})
	}
	mounts, err := c.ownMounts()
	if err != nil {
		return err
	}
	mounts = append(append([]volume.Mount(nil), c.config.Mounts...), mounts...)
	for _, m := range mounts {
		if err := makeMountPoint(image, m); err != nil {
			return mountError(m, err)
		}
	}
	if root != image {
		if err := root.Mount("/", image, filesystem.MountOptions{ReadOnly: true}); err != nil {
			return err
		}
	}
	for _, m := range mounts {
		if err := root.Mount(m.Path, m.From, m.Options); err != nil {
			return mountError(m, err)
		}
	}
	// The runtime makes a missing working directory; where the root cannot be
	// written to, the process starts without one.
	_ = root.MkdirAll(c.directory(), 0o755)
	root.Become(c.credentials())
	c.files = root
	return nil
}

// ownMounts are the files that the kubelet mounts into each container: its own
// /etc/hosts, and the one for the termination message.
func (c *Container) ownMounts() ([]volume.Mount, error) {
	disk := filesystem.New(filesystem.Options{})
	var mounts []volume.Mount
	add := func(name, at, text string) error {
		mounts = append(mounts, volume.Mount{Name: name, Path: at, From: disk, Options: filesystem.MountOptions{From: "/" + name}})
		return disk.WriteFile("/"+name, []byte(text), 0o644)
	}
	hostsMounted := slices.ContainsFunc(c.spec.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == "/etc/hosts" })
	if !hostsMounted && len(c.pod.Addresses()) > 0 {
		if err := add("etc-hosts", "/etc/hosts", hostsFile(c.pod.Object(), c.pod.Addresses(), c.host)); err != nil {
			return nil, err
		}
	}
	if at := c.spec.TerminationMessagePath; at != "" {
		if err := add("termination-log", path.Join("/", at), ""); err != nil {
			return nil, err
		}
		c.termination = disk
	}
	return mounts, nil
}

// makeMountPoint makes the directory or the file that a mount covers.
func makeMountPoint(root *filesystem.FileSystem, m volume.Mount) error {
	info, err := m.From.Stat(m.Options.From)
	if err != nil {
		return err
	}
	if _, err := root.Stat(m.Path); err == nil {
		return nil
	}
	if info.IsDir() {
		return root.MkdirAll(m.Path, 0o755)
	}
	if err := root.MkdirAll(path.Dir(m.Path), 0o755); err != nil {
		return err
	}
	return root.WriteFile(m.Path, nil, 0o644)
}

// mountError returns the error that runc reports for a failed mount.
func mountError(m volume.Mount, err error) error {
	if errors.Is(err, filesystem.ErrNotDirectory) || errors.Is(err, filesystem.ErrIsDirectory) {
		return fmt.Errorf("error mounting %q to rootfs at %q: mount src=%s, dst=%s, flags=MS_BIND|MS_REC: not a directory: "+
			"Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type",
			m.Options.From, m.Path, m.Options.From, m.Path)
	}
	return fmt.Errorf("error mounting %q to rootfs at %q: %s", m.Options.From, m.Path, filesystem.Text(err))
}

// terminationMessage is the text with which a container says how it ended: that
// of its file, or the end of its log if there is none and the policy says so.
func (c *Container) terminationMessage() string {
	message := ""
	if c.termination != nil {
		if data, err := c.termination.ReadFile("/termination-log"); err == nil {
			message = string(data[max(0, len(data)-terminationMessageBytes):])
		}
	}
	if message == "" && c.spec.TerminationMessagePolicy == corev1.TerminationMessageFallbackToLogsOnError && c.status.ExitCode != 0 {
		message = c.log.last(terminationMessageLogLines, terminationMessageLogBytes)
	}
	return message
}

// variables is the environment of the container's processes.
func (c *Container) variables() []string {
	variables := []string{"PATH=" + process.DefaultPath, "HOSTNAME=" + hostname(c.pod.Object())}
	if c.spec.TTY {
		variables = append(variables, "TERM=xterm")
	}
	for _, variable := range c.config.Environment {
		variables = append(variables, variable.Name+"="+variable.Value)
	}
	return variables
}

// directory is the working directory.
func (c *Container) directory() string { return cmp.Or(c.spec.WorkingDir, c.image.WorkingDir, "/") }
