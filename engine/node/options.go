package node

import (
	"errors"
	"fmt"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/image"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/volume"
	"tabernetes/engine/userland/process"
)

// Version is the version that the nodes report, unless Options says otherwise.
const Version = "v1.37.2"

// Options are what New needs.
type Options struct {
	// Client is used for every write and for the few reads that informers cannot
	// serve.
	Client kubernetes.Interface
	// Informers are shared with the other components. The caller of New starts
	// them afterwards.
	Informers informers.SharedInformerFactory
	// Tokens issues the tokens of service accounts that pods have in their volumes.
	Tokens volume.TokenRequester
	// Connections, if set, leads the API server to these nodes from New on.
	Connections *Connections
	// Network, if set, is the network that the nodes and their pods are on.
	Network *network.Network
	// Nodes are the nodes of a new cluster. Nil means DefaultNodes(3). A stored
	// cluster has the nodes that were stored.
	Nodes []hardware.Options
	// Disks are the contents of the disks of a stored cluster's machines.
	Disks Disks
	// Images are the images of the registries. Nil means image.BuiltIn().
	Images *image.Catalogue
	// Programs are those that images of the catalogue may name besides the userland's,
	// by name.
	Programs map[string]process.Command
	// Seed is the source of the random delays; the same seed gives the same
	// delays.
	Seed uint64
	// Instant leaves out every simulated delay and the events of pods, so that a
	// pod is Running and Ready after one status patch. It is meant for measuring
	// the control plane.
	Instant bool
	// KubeletVersion is reported in the node's status. Empty means Version.
	KubeletVersion string
}

func (o *Options) complete() error {
	if o.Client == nil {
		return errors.New("create kubelet: no client")
	}
	if o.Informers == nil {
		return errors.New("create kubelet: no informers")
	}
	if o.Tokens == nil {
		return errors.New("create kubelet: no tokens")
	}
	if o.Nodes == nil {
		o.Nodes = hardware.DefaultNodes(3)
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
	nodes := make([]hardware.Options, len(o.Nodes))
	for n, node := range o.Nodes {
		if err := node.Complete(); err != nil {
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
