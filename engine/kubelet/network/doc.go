// Package network is the pod network of the simulated nodes. In this version it
// is the address allocator of a node: which IP a pod gets from the node's pod
// CIDR, and when the address is free again.
//
// It is called by engine/kubelet, from the sync loop of a node. It must not
// know pods as API objects, only the string that identifies an owner.
package network
