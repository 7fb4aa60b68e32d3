package container

import (
	"fmt"
	"path"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/filesystem"
)

// The kernel's numbers for a control group: the kubelet's period of CPU quotas and the
// smallest quota and number of shares (pkg/kubelet/cm/helpers_linux.go).
const (
	quotaPeriod   = 100_000
	leastQuota    = 1000
	leastShares   = 2
	mostShares    = 262_144
	sharesPerCore = 1024
)

// cgroupDirectory is where a process sees its own control group, of version 2.
const cgroupDirectory = "/sys/fs/cgroup"

// mountCgroup makes the files of the container's control group.
func (c *Container) mountCgroup() (volume.Mount, error) {
	c.cgroup = filesystem.New(filesystem.Options{})
	err := c.writeCgroup()
	return volume.Mount{Name: "cgroup", Path: cgroupDirectory, From: c.cgroup, Options: filesystem.MountOptions{From: "/", ReadOnly: true}}, err
}

// writeCgroup writes what the control group is set to.
func (c *Container) writeCgroup() error {
	if c.cgroup == nil {
		return nil
	}
	for name, text := range map[string]string{
		"cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc",
		"cpu.max":            cpuMax(c.resources.Limits.Cpu().MilliValue()),
		"cpu.weight":         strconv.FormatInt(cpuWeight(&c.resources), 10),
		"memory.max":         memoryMax(c.resources.Limits.Memory().Value()),
	} {
		if err := c.cgroup.WriteFile(path.Join("/", name), []byte(text+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// cpuMax is the quota of CPU time in a period.
func cpuMax(millicores int64) string {
	if millicores == 0 {
		return fmt.Sprintf("max %d", quotaPeriod)
	}
	return fmt.Sprintf("%d %d", max(millicores*quotaPeriod/1000, leastQuota), quotaPeriod)
}

// cpuWeight is the share of CPU time against other groups: of the request, or of the
// limit where there is none, converted from the shares of version 1 as
// KEP-2254 does.
func cpuWeight(resources *corev1.ResourceRequirements) int64 {
	millicores := resources.Requests.Cpu().MilliValue()
	if millicores == 0 {
		millicores = resources.Limits.Cpu().MilliValue()
	}
	shares := min(max(millicores*sharesPerCore/1000, leastShares), mostShares)
	return 1 + (shares-leastShares)*9999/(mostShares-leastShares)
}

func memoryMax(bytes int64) string {
	if bytes == 0 {
		return "max"
	}
	return strconv.FormatInt(bytes, 10)
}
