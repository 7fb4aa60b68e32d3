package container

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/image"
	"tabernetes/engine/userland/filesystem"
)

// usualUsers and usualGroups are /etc/passwd and /etc/group of a busybox image.
const (
	usualUsers = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`
	usualGroups = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
kmem:x:9:
wheel:x:10:root
cdrom:x:11:
dialout:x:18:
floppy:x:19:
video:x:28:
audio:x:29:
tape:x:32:
www-data:x:33:
operator:x:37:
utmp:x:43:
plugdev:x:46:
staff:x:50:
lock:x:54:
netdev:x:82:
users:x:100:
nobody:x:65534:
`
)

// userEntry is the image's own user in /etc/passwd, groupEntry their group in
// /etc/group: nothing where the user has no name.
func userEntry(user image.User) string {
	if user.Name == "" {
		return ""
	}
	return fmt.Sprintf("%s:x:%d:%d::%s:/sbin/nologin\n", user.Name, user.UID, user.GID, cmp.Or(user.Home, "/"))
}

func groupEntry(user image.User) string {
	if user.Name == "" {
		return ""
	}
	return fmt.Sprintf("%s:x:%d:\n", user.Name, user.GID)
}

// makeHome makes the home of the image's own user.
func makeHome(files *filesystem.FileSystem, user image.User) error {
	if user.Home == "" {
		return nil
	}
	if err := files.MkdirAll(user.Home, 0o755); err != nil {
		return err
	}
	return files.Chown(user.Home, int(user.UID), int(user.GID))
}

// credentials are those of the container's processes.
func (c *Container) credentials() filesystem.Credentials {
	user := c.status.User.Linux
	as := filesystem.Credentials{UID: int(user.UID), GID: int(user.GID)}
	for _, group := range user.SupplementalGroups {
		as.Groups = append(as.Groups, int(group))
	}
	return as
}

// userOf returns the identity that a container's first process has.
func userOf(pod *corev1.Pod, spec *corev1.Container, from image.Image) *kubecontainer.ContainerUser {
	user := &kubecontainer.LinuxContainerUser{UID: from.User.UID, GID: from.User.GID}
	groups := from.User.SupplementalGroups
	runAs := func(uid int64) {
		if uid != user.UID {
			user.UID, user.GID = uid, groupOf(uid)
		}
		groups = nil
	}
	if context := pod.Spec.SecurityContext; context != nil {
		if context.RunAsUser != nil {
			runAs(*context.RunAsUser)
		}
		if context.RunAsGroup != nil {
			user.GID = *context.RunAsGroup
		}
	}
	if context := spec.SecurityContext; context != nil {
		if context.RunAsUser != nil {
			runAs(*context.RunAsUser)
		}
		if context.RunAsGroup != nil {
			user.GID = *context.RunAsGroup
		}
	}
	if len(groups) == 0 {
		groups = []int64{user.GID}
	}
	user.SupplementalGroups = append(user.SupplementalGroups, groups...)
	if context := pod.Spec.SecurityContext; context != nil {
		user.SupplementalGroups = append(user.SupplementalGroups, context.SupplementalGroups...)
		if context.FSGroup != nil {
			user.SupplementalGroups = append(user.SupplementalGroups, *context.FSGroup)
		}
	}
	return &kubecontainer.ContainerUser{Linux: user}
}

// groupOf is the first group of a user by /etc/passwd: 0 for one without an entry.
func groupOf(uid int64) int64 {
	for line := range strings.Lines(usualUsers) {
		if fields := strings.Split(line, ":"); fields[2] == strconv.FormatInt(uid, 10) {
			group, _ := strconv.ParseInt(fields[3], 10, 64) // a number of our own
			return group
		}
	}
	return 0
}
