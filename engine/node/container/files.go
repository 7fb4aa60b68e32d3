package container

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/node/util/sysctl"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/image"
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
	pod := c.pod.Object()
	image, err := ImageFiles(c.image, pod.Name)
	if err != nil {
		return err
	}
	if err := process.Devices(image); err != nil {
		return err
	}
	for name, text := range map[string]string{"/etc/hostname": hostname(pod) + "\n", "/etc/resolv.conf": resolverConfig(pod)} {
		if err := image.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := makeSysctls(image, pod); err != nil {
		return err
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
	if err := image.MkdirAll("/proc", 0o555); err != nil {
		return err
	}
	if err := image.WriteFile("/proc/mounts", []byte(mountTable(mounts)), 0o444); err != nil {
		return err
	}
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

// ImageFiles makes the files of an image. podName is the name of the pod that uses it,
// which is in the page of some.
func ImageFiles(from image.Image, podName string) (*filesystem.FileSystem, error) {
	files := filesystem.New(filesystem.Options{})
	for _, directory := range []string{"/bin", "/home", "/mnt", "/opt", "/run", "/sbin", "/srv", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/var/run", "/var/log", "/var/tmp"} {
		if err := files.MkdirAll(directory, 0o755); err != nil {
			return nil, err
		}
	}
	texts := map[string]string{"/etc/passwd": usualUsers + userEntry(from.User), "/etc/group": usualGroups + groupEntry(from.User)}
	maps.Copy(texts, from.Files)
	for name, text := range texts {
		if err := files.MkdirAll(path.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := files.WriteFile(name, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	for _, name := range from.Programs.Paths {
		if err := files.Symlink("/bin/"+from.Programs.Runs, name); err != nil {
			return nil, err
		}
	}
	if err := makeHome(files, from.User); err != nil {
		return nil, err
	}
	if served := from.HTTP; served != nil && served.Root != "" {
		if err := files.MkdirAll(served.Root, 0o755); err != nil {
			return nil, err
		}
		if err := files.WriteFile(path.Join(served.Root, "index.html"), []byte(from.Expand(served.Body, podName, "/")), 0o644); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// makeSysctls makes the files of the kernel's parameters that the pod sets.
func makeSysctls(image *filesystem.FileSystem, pod *corev1.Pod) error {
	if pod.Spec.SecurityContext == nil {
		return nil
	}
	for _, parameter := range pod.Spec.SecurityContext.Sysctls {
		file := path.Join("/proc/sys", strings.ReplaceAll(sysctl.NormalizeName(parameter.Name), ".", "/"))
		if err := image.MkdirAll(path.Dir(file), 0o755); err != nil {
			return err
		}
		if err := image.WriteFile(file, []byte(parameter.Value+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ownMounts are the files that the kubelet mounts into each container: its own
// /etc/hosts, and the one for the termination message.
func (c *Container) ownMounts() ([]volume.Mount, error) {
	disk := filesystem.New(filesystem.Options{})
	var mounts []volume.Mount
	add := func(name, at, text string, mode fs.FileMode) error {
		mounts = append(mounts, volume.Mount{Name: name, Path: at, From: disk, Options: filesystem.MountOptions{From: "/" + name}})
		return disk.WriteFile("/"+name, []byte(text), mode)
	}
	hostsMounted := slices.ContainsFunc(c.spec.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == "/etc/hosts" })
	if !hostsMounted && len(c.pod.Addresses()) > 0 {
		if err := add("etc-hosts", "/etc/hosts", hostsFile(c.pod.Object(), c.pod.Addresses(), c.host), 0o644); err != nil {
			return nil, err
		}
	}
	cgroup, err := c.mountCgroup()
	if err != nil {
		return nil, err
	}
	mounts = append(mounts, cgroup)
	if at := c.spec.TerminationMessagePath; at != "" {
		// Any user may write it (makeMounts in pkg/kubelet/kuberuntime/kuberuntime_container.go).
		if err := add("termination-log", path.Join("/", at), "", 0o666); err != nil {
			return nil, err
		}
		c.termination = disk
	}
	return mounts, nil
}

// mountTable is /proc/mounts.
func mountTable(mounts []volume.Mount) string {
	var table strings.Builder
	table.WriteString("overlay / overlay rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\ntmpfs /dev tmpfs rw,nosuid 0 0\n")
	for _, m := range mounts {
		device, kind := "/dev/vda1", "ext4"
		switch {
		case m.Path == cgroupDirectory:
			device, kind = "cgroup", "cgroup2"
		case m.From.Limits().Memory:
			device, kind = "tmpfs", "tmpfs"
		}
		mode := "rw"
		if m.Options.ReadOnly {
			mode = "ro"
		}
		fmt.Fprintf(&table, "%s %s %s %s,relatime 0 0\n", device, m.Path, kind, mode)
	}
	return table.String()
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
