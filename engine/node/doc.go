// Package node has the simulated machines of a cluster and what runs on them. What
// a pod shows, in which order, with which words and after how long, is what the
// kubelet of Kubernetes v1.37 shows; where upstream exports the code (condition
// builders, back-off, event aggregation, node conditions, the lease controller),
// that code is used.
//
// Fleet (fleet.go, machines.go) keeps a machine (machine.go) for each simulated
// Node of the API; the annotations of the Node switch the machine off, cut it off
// or slow it down. On a machine that is on runs a kubelet. attach.go connects
// machines to the network, connections.go leads the API server to the kubelets.
//
// The wing, from the machine inwards:
//
//   - hardware: what a machine is, and what the annotations of its Node do to it
//   - kubelet: registers and reports, admits, evicts, serves the API of a node
//   - pod: the worker that takes a pod through its syncs and makes its status
//   - container, volume, probe, environment, imagestore: what the worker works with;
//     each knows the pod and the node by a small interface of its own
//   - dial, recorder: a kubelet's requests to its own pods, and events
//   - syncloop, variation: the lock, the time and the chance of one node
//   - image: the catalogue of container images; network: the network of the cluster;
//     traffic: requests over it
//   - setting: what the annotations of machines and those of images share
//
// The package is called by engine/cluster. The wing knows the cluster only through a
// client and shared informers; it must not know the store, nor whether time is virtual.
//
// Besides the locks of queues, logs and connections there are three: the roster's
// guards which machines exist and what runs on them; a machine's guards its
// desired state; a node's loop (syncloop) guards everything that is on the node.
// None of the three is taken while another is held. Reseed takes only the first,
// as it is called while nothing runs.
package node
