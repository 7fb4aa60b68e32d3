// Package imagestore manages the container images of a node: a Store, which is the
// images on a machine's disk, and a Puller, which pulls others from the registries
// of the catalogue (engine/node/image) with the policy, the order, the back-off
// and the events of the kubelet's image manager.
//
// The pod's worker (engine/node/pod) asks the Puller for the image of each
// container that it starts; the node's status and its eviction manager read the
// Store. The package knows the pod and the node only as Pod and Host; it must not
// know containers.
//
// Everything here belongs to the sync loop and is used under the loop's lock.
package imagestore
