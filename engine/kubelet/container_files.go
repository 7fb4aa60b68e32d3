package kubelet

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	volumevalidation "k8s.io/kubernetes/pkg/volume/validation"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// The bounds of a termination message, of pkg/kubelet/container/runtime.go.
const (
	terminationMessageBytes    = kubecontainer.MaxContainerTerminationMessageLength
	terminationMessageLogLines = kubecontainer.MaxContainerTerminationMessageLogLines
	terminationMessageLogBytes = kubecontainer.MaxContainerTerminationMessageLogLength
)

// mount is a volume, or a part of it, in a container.
type mount struct {
	name, path string
	from       *filesystem.FileSystem
	options    filesystem.MountOptions
}

// mounts are the volume mounts of a container, by the rules of the kubelet's
// makeMounts. An error leaves the container in CreateContainerConfigError.
func (w *podWorker) mounts(spec *corev1.Container, environment []kubecontainer.EnvVar) ([]mount, error) {
	var mounts []mount
	for i := range spec.VolumeMounts {
		wanted := &spec.VolumeMounts[i]
		v := w.volumes.find(wanted.Name)
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
				if err := v.disk.MkdirAll(from, 0o755); err != nil {
					return nil, fmt.Errorf("failed to create subPath directory for volumeMount %q of container %q", wanted.Name, spec.Name)
				}
			} else if err != nil {
				return nil, fmt.Errorf("failed to prepare subPath for volumeMount %q of container %q", wanted.Name, spec.Name)
			}
		}
		mounts = append(mounts, mount{
			name: wanted.Name, path: path.Join("/", wanted.MountPath), from: v.disk,
			options: filesystem.MountOptions{ReadOnly: wanted.ReadOnly || v.readOnly, From: from},
		})
	}
	// containerd mounts what lies less deep first.
	slices.SortStableFunc(mounts, func(a, b mount) int { return strings.Count(a.path, "/") - strings.Count(b.path, "/") })
	return mounts, nil
}

// makeFiles makes the container's root: what the image has, what the kubelet and
// the runtime put into each container, and the mounts.
func (c *container) makeFiles() error {
	image, w := filesystem.New(filesystem.Options{}), c.worker
	if err := process.Devices(image); err != nil {
		return err
	}
	for _, directory := range []string{"/bin", "/home", "/mnt", "/opt", "/run", "/sbin", "/srv", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/var/run", "/var/log", "/var/tmp"} {
		if err := image.MkdirAll(directory, 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"/etc/hostname":    hostname(w.pod) + "\n",
		"/etc/resolv.conf": resolverConfig(w.pod),
		"/etc/passwd":      "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
		"/etc/group":       "root:x:0:\nnobody:x:65534:\n",
	} {
		if err := image.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if served := c.image.HTTP; served != nil && served.Root != "" {
		if err := image.MkdirAll(served.Root, 0o755); err != nil {
			return err
		}
		page := c.image.Expand(served.Body, w.pod.Name, "/")
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
	mounts = append(append([]mount(nil), c.config.mounts...), mounts...)
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
		if err := root.Mount(m.path, m.from, m.options); err != nil {
			return mountError(m, err)
		}
	}
	c.files = root
	return nil
}

// ownMounts are the files that the kubelet mounts into each container: its own
// /etc/hosts, and the one for the termination message.
func (c *container) ownMounts() ([]mount, error) {
	w := c.worker
	disk := filesystem.New(filesystem.Options{})
	var mounts []mount
	add := func(name, at, text string) error {
		mounts = append(mounts, mount{name: name, path: at, from: disk, options: filesystem.MountOptions{From: "/" + name}})
		return disk.WriteFile("/"+name, []byte(text), 0o644)
	}
	hostsMounted := slices.ContainsFunc(c.spec.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == "/etc/hosts" })
	if !hostsMounted && len(w.addresses()) > 0 {
		if err := add("etc-hosts", "/etc/hosts", hostsFile(w.pod, w.addresses(), w.node)); err != nil {
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

// makeMountPoint makes the directory or the file that is mounted over.
func makeMountPoint(root *filesystem.FileSystem, m mount) error {
	info, err := m.from.Stat(m.options.From)
	if err != nil {
		return err
	}
	if _, err := root.Stat(m.path); err == nil {
		return nil
	}
	if info.IsDir() {
		return root.MkdirAll(m.path, 0o755)
	}
	if err := root.MkdirAll(path.Dir(m.path), 0o755); err != nil {
		return err
	}
	return root.WriteFile(m.path, nil, 0o644)
}

// mountError is runc's.
func mountError(m mount, err error) error {
	if errors.Is(err, filesystem.ErrNotDirectory) || errors.Is(err, filesystem.ErrIsDirectory) {
		return fmt.Errorf("error mounting %q to rootfs at %q: mount src=%s, dst=%s, flags=MS_BIND|MS_REC: not a directory: "+
			"Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type",
			m.options.From, m.path, m.options.From, m.path)
	}
	return fmt.Errorf("error mounting %q to rootfs at %q: %s", m.options.From, m.path, filesystem.Text(err))
}

// terminationMessage is the text with which a container says how it ended: that
// of its file, or the end of its log if there is none and the policy says so.
func (c *container) terminationMessage() string {
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
func (c *container) variables() []string {
	variables := []string{"PATH=" + process.DefaultPath, "HOSTNAME=" + hostname(c.worker.pod)}
	if c.spec.TTY {
		variables = append(variables, "TERM=xterm")
	}
	for _, variable := range c.config.environment {
		variables = append(variables, variable.Name+"="+variable.Value)
	}
	return variables
}

// directory is the working directory, which the runtime makes if it is missing.
func (c *container) directory() string {
	if c.spec.WorkingDir == "" {
		return "/"
	}
	if c.files != nil {
		// A root that cannot be written to has it, or the process starts nowhere.
		_ = c.files.MkdirAll(c.spec.WorkingDir, 0o755)
	}
	return c.spec.WorkingDir
}

// userName is how the processes call their user.
func (c *container) userName() string {
	if user := c.status.User; user != nil && user.Linux != nil && user.Linux.UID != 0 {
		return strconv.FormatInt(user.Linux.UID, 10)
	}
	return "root"
}

// clusterDomain and clusterDNS are those of kubeadm's clusters.
const (
	clusterDomain = "cluster.local"
	clusterDNS    = "10.96.0.10"
	maxHostname   = 63
)

// hostname is the host name of a pod's containers.
func hostname(pod *corev1.Pod) string {
	name := pod.Name
	switch {
	case pod.Spec.HostnameOverride != nil:
		name = *pod.Spec.HostnameOverride
	case kubecontainer.IsHostNetworkPod(pod):
		return pod.Spec.NodeName
	case pod.Spec.Hostname != "":
		name = pod.Spec.Hostname
	}
	if len(name) > maxHostname {
		name = strings.TrimRight(name[:maxHostname], "-.")
	}
	return name
}

// hostsFile is /etc/hosts as the kubelet writes it.
func hostsFile(pod *corev1.Pod, addresses []string, n *node) string {
	var text bytes.Buffer
	if kubecontainer.IsHostNetworkPod(pod) {
		text.WriteString("# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n")
		fmt.Fprintf(&text, "%s\t%s\n", n.spec.InternalIP, n.name)
	} else {
		text.WriteString("# Kubernetes-managed hosts file.\n" +
			"127.0.0.1\tlocalhost\n" +
			"::1\tlocalhost ip6-localhost ip6-loopback\n" +
			"fe00::0\tip6-localnet\n" +
			"fe00::0\tip6-mcastprefix\n" +
			"fe00::1\tip6-allnodes\n" +
			"fe00::2\tip6-allrouters\n")
		name := hostname(pod)
		if pod.Spec.Subdomain != "" && pod.Spec.HostnameOverride == nil {
			name = fmt.Sprintf("%s.%s.%s.svc.%s\t%s", name, pod.Spec.Subdomain, pod.Namespace, clusterDomain, name)
		}
		for _, address := range addresses {
			fmt.Fprintf(&text, "%s\t%s\n", address, name)
		}
	}
	if len(pod.Spec.HostAliases) > 0 {
		text.WriteString("\n# Entries added by HostAliases.\n")
		for _, alias := range pod.Spec.HostAliases {
			fmt.Fprintf(&text, "%s\t%s\n", alias.IP, strings.Join(alias.Hostnames, "\t"))
		}
	}
	return text.String()
}

// usesClusterDNS says whether the pod's containers ask the cluster's DNS.
func usesClusterDNS(pod *corev1.Pod) bool {
	return pod.Spec.DNSPolicy == corev1.DNSClusterFirstWithHostNet ||
		((pod.Spec.DNSPolicy == corev1.DNSClusterFirst || pod.Spec.DNSPolicy == "") && !kubecontainer.IsHostNetworkPod(pod))
}

// resolverConfig is /etc/resolv.conf by the pod's DNS policy
// (pkg/kubelet/network/dns).
func resolverConfig(pod *corev1.Pod) string {
	servers, searches, options := []string{nodeNameServerAddress}, []string(nil), []string(nil)
	switch {
	case usesClusterDNS(pod):
		servers = []string{clusterDNS}
		searches = []string{pod.Namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain}
		options = []string{"ndots:5"}
	case pod.Spec.DNSPolicy == corev1.DNSNone:
		servers = nil
	}
	if config := pod.Spec.DNSConfig; config != nil {
		servers, searches = append(servers, config.Nameservers...), append(searches, config.Searches...)
		for _, option := range config.Options {
			text := option.Name
			if option.Value != nil {
				text += ":" + *option.Value
			}
			options = slices.DeleteFunc(options, func(old string) bool { return strings.HasPrefix(old, option.Name+":") || old == option.Name })
			options = append(options, text)
		}
	}
	var text strings.Builder
	if len(searches) > 0 {
		text.WriteString("search " + strings.Join(searches, " ") + "\n")
	}
	for _, server := range servers {
		text.WriteString("nameserver " + server + "\n")
	}
	if len(options) > 0 {
		text.WriteString("options " + strings.Join(options, " ") + "\n")
	}
	return text.String()
}

// nodeNameServerAddress is the name server of the nodes' own network.
const nodeNameServerAddress = "172.18.0.1"
