package hardware

import (
	"fmt"
	"maps"
	"net/netip"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Options describe one machine and the node on it.
type Options struct {
	// Name is the node's name and host name.
	Name string
	// InternalIP is the node's address.
	InternalIP string
	// PodCIDR is the range of the node's pods. An added node gets it from the node
	// IPAM controller, before it starts.
	PodCIDR string
	// CPU, Memory, Pods and EphemeralStorage are the capacity; all of it can be
	// allocated to pods. Zero means 4, 8Gi, 110 and 64Gi.
	CPU, Memory, EphemeralStorage resource.Quantity
	Pods                          int64
	// Labels are added to the ones that every kubelet sets, and override them.
	Labels map[string]string
}

// The first node of DefaultNodes has FirstAddress; 172.18.0.1 is the gateway of
// the network of a kind cluster.
const (
	FirstAddress         = "172.18.0.2"
	MaxDefaultNodes      = 252
	defaultPods          = 110
	maxPodsPerNode       = 1000
	defaultCPU           = "4"
	defaultMemory        = "8Gi"
	defaultEphemeralDisk = "64Gi"
)

// DefaultNodes returns node-1 to node-<count>, at most 252, as kind would make
// them: pod CIDR 10.244.N.0/24 and addresses from 172.18.0.2.
func DefaultNodes(count int) []Options {
	count = max(0, min(count, MaxDefaultNodes))
	nodes := make([]Options, count)
	address := netip.MustParseAddr(FirstAddress)
	for n := range nodes {
		nodes[n] = Options{
			Name:       fmt.Sprintf("node-%d", n+1),
			InternalIP: address.String(),
			PodCIDR:    fmt.Sprintf("10.244.%d.0/24", n+1),
		}
		address = address.Next()
	}
	return nodes
}

// Complete checks the options and fills in the defaults.
func (o *Options) Complete() error {
	if problems := validation.IsDNS1123Subdomain(o.Name); len(problems) > 0 {
		return fmt.Errorf("name: %s", problems[0])
	}
	if _, err := netip.ParseAddr(o.InternalIP); err != nil {
		return fmt.Errorf("internal IP: %w", err)
	}
	if o.Pods < 0 || o.Pods > maxPodsPerNode {
		return fmt.Errorf("pods: must be between 0 and %d, got %d", maxPodsPerNode, o.Pods)
	}
	for name, quantity := range map[string]*resource.Quantity{"cpu": &o.CPU, "memory": &o.Memory, "ephemeral storage": &o.EphemeralStorage} {
		if quantity.Sign() < 0 {
			return fmt.Errorf("%s: must not be negative, got %s", name, quantity)
		}
	}
	if o.Pods == 0 {
		o.Pods = defaultPods
	}
	if o.CPU.IsZero() {
		o.CPU = resource.MustParse(defaultCPU)
	}
	if o.Memory.IsZero() {
		o.Memory = resource.MustParse(defaultMemory)
	}
	if o.EphemeralStorage.IsZero() {
		o.EphemeralStorage = resource.MustParse(defaultEphemeralDisk)
	}
	o.Labels = maps.Clone(o.Labels)
	return nil
}

// Capacity is the capacity of the machine.
func (o *Options) Capacity() corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:              o.CPU.DeepCopy(),
		corev1.ResourceMemory:           o.Memory.DeepCopy(),
		corev1.ResourceEphemeralStorage: o.EphemeralStorage.DeepCopy(),
		corev1.ResourcePods:             *resource.NewQuantity(o.Pods, resource.DecimalSI),
	}
}

// Allocatable is the capacity without what the kubelet's hard eviction thresholds
// keep free (pkg/kubelet/cm, getNodeAllocatableReservation).
func (o *Options) Allocatable() corev1.ResourceList {
	list := o.Capacity()
	for name, threshold := range map[corev1.ResourceName]string{
		corev1.ResourceMemory: EvictionHard["memory.available"], corev1.ResourceEphemeralStorage: EvictionHard["nodefs.available"],
	} {
		left := list[name]
		if percent, ok := strings.CutSuffix(threshold, "%"); ok {
			share, _ := strconv.ParseInt(percent, 10, 64)
			left.Set(left.Value() - left.Value()*share/100)
		} else {
			left.Sub(resource.MustParse(threshold))
		}
		if left.Sign() < 0 {
			left.Set(0)
		}
		list[name] = left
	}
	return list
}

// With returns the options with the capacity of the settings.
func (o Options) With(settings Settings) Options {
	if settings.cpu != nil {
		o.CPU = *settings.cpu
	}
	if settings.memory != nil {
		o.Memory = *settings.memory
	}
	if settings.storage != nil {
		o.EphemeralStorage = *settings.storage
	}
	if settings.pods != nil {
		o.Pods = *settings.pods
	}
	return o
}

// EvictionHard are the kubelet's thresholds: its defaults on Linux
// (pkg/kubelet/eviction/defaults_linux.go, which is not compiled for a browser,
// and apis/config/v1beta1), and a threshold for processes, which has no default.
var EvictionHard = map[string]string{
	"memory.available":   "100Mi",
	"nodefs.available":   "10%",
	"nodefs.inodesFree":  "5%",
	"imagefs.available":  "15%",
	"imagefs.inodesFree": "5%",
	"pid.available":      "10%",
}
