package kubelet

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/network"
)

// Version is the version that the nodes report, unless Options says otherwise.
const Version = "v1.37.2"

// Options are what New needs.
type Options struct {
	// Client is used for every write and for the few reads that informers cannot
	// serve.
	Client kubernetes.Interface
	// Informers are shared with the other components. Whoever passes them starts
	// them, after New.
	Informers informers.SharedInformerFactory
	// Connections, if set, leads the API server to these nodes from New on.
	Connections *Connections
	// Network, if set, is the network that the nodes and their pods are on.
	Network *network.Network
	// Nodes are the nodes of a cluster that has none yet. Nil means
	// DefaultNodes(3). A stored cluster has the nodes that were stored.
	Nodes []NodeOptions
	// Images is what the registries have. Nil means image.BuiltIn().
	Images *image.Catalogue
	// Seed makes the random delays; the same seed gives the same ones.
	Seed uint64
	// Instant leaves out every simulated delay and the events of pods, so that a
	// pod is Running and Ready after one status patch. It is meant for measuring
	// the control plane.
	Instant bool
	// KubeletVersion is reported in the node's status. Empty means Version.
	KubeletVersion string
}

// NodeOptions describe one node.
type NodeOptions struct {
	// Name is the node's name and host name.
	Name string
	// InternalIP is the node's address.
	InternalIP string
	// PodCIDR is the range of the node's pods. A node that is added gets it from
	// the node IPAM controller, before it starts.
	PodCIDR string
	// CPU, Memory, Pods and EphemeralStorage are the capacity; all of it can be
	// allocated to pods. Zero means 4, 8Gi, 110 and 64Gi.
	CPU, Memory, EphemeralStorage resource.Quantity
	Pods                          int64
	// Labels are added to the ones that every kubelet sets, and override them.
	Labels map[string]string
}

// The first node of DefaultNodes has the first of these; the gateway of the
// network of a kind cluster is 172.18.0.1.
const (
	firstNodeIP          = "172.18.0.2"
	maxDefaultNodes      = 252
	defaultPods          = 110
	maxPodsPerNode       = 1000
	defaultCPU           = "4"
	defaultMemory        = "8Gi"
	defaultEphemeralDisk = "64Gi"
)

// DefaultNodes returns node-1 to node-<count>, at most 252, as kind would make
// them: pod CIDR 10.244.N.0/24 and addresses from 172.18.0.2.
func DefaultNodes(count int) []NodeOptions {
	count = max(0, min(count, maxDefaultNodes))
	nodes := make([]NodeOptions, count)
	address := netip.MustParseAddr(firstNodeIP)
	for n := range nodes {
		nodes[n] = NodeOptions{
			Name:       fmt.Sprintf("node-%d", n+1),
			InternalIP: address.String(),
			PodCIDR:    fmt.Sprintf("10.244.%d.0/24", n+1),
		}
		address = address.Next()
	}
	return nodes
}

func (o *Options) complete() error {
	if o.Client == nil {
		return errors.New("create kubelet: no client")
	}
	if o.Informers == nil {
		return errors.New("create kubelet: no informers")
	}
	if o.Nodes == nil {
		o.Nodes = DefaultNodes(3)
	}
	if o.KubeletVersion == "" {
		o.KubeletVersion = Version
	}
	if o.Images == nil {
		catalogue, err := image.BuiltIn()
		if err != nil {
			return fmt.Errorf("create kubelet: %w", err)
		}
		o.Images = catalogue
	}
	seen := map[string]string{}
	nodes := make([]NodeOptions, len(o.Nodes))
	for n, node := range o.Nodes {
		if err := node.complete(); err != nil {
			return fmt.Errorf("create node %q: %w", node.Name, err)
		}
		if _, err := network.NewAllocator(node.PodCIDR); err != nil {
			return fmt.Errorf("create node %q: %w", node.Name, err)
		}
		for _, unique := range []string{"name " + node.Name, "address " + node.InternalIP, "pod CIDR " + node.PodCIDR} {
			if other, exists := seen[unique]; exists {
				return fmt.Errorf("create node %q: %s is that of node %q", node.Name, unique, other)
			}
			seen[unique] = node.Name
		}
		nodes[n] = node
	}
	o.Nodes = nodes
	return nil
}

func (o *NodeOptions) complete() error {
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

func (o *NodeOptions) capacity() corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:              o.CPU.DeepCopy(),
		corev1.ResourceMemory:           o.Memory.DeepCopy(),
		corev1.ResourceEphemeralStorage: o.EphemeralStorage.DeepCopy(),
		corev1.ResourcePods:             *resource.NewQuantity(o.Pods, resource.DecimalSI),
	}
}

// allocatable is the capacity without what the kubelet's hard eviction thresholds
// keep free (pkg/kubelet/cm, getNodeAllocatableReservation).
func (o *NodeOptions) allocatable() corev1.ResourceList {
	list := o.capacity()
	for name, threshold := range map[corev1.ResourceName]string{
		corev1.ResourceMemory: evictionHard["memory.available"], corev1.ResourceEphemeralStorage: evictionHard["nodefs.available"],
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
