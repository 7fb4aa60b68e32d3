// Package node is the simulated machines of a cluster and what runs on them. What a
// pod shows, in which order, with which words and after how long, is what the kubelet
// of Kubernetes v1.37 shows; where upstream exports the piece that makes it (condition
// builders, back-off, event aggregation, node conditions, the lease controller), that
// piece is used.
//
// Fleet (fleet.go, machines.go) keeps a machine (machine.go) for each simulated Node of
// the API, which the annotations of the Node switch off, cut off or slow down. On a
// machine that is on there is a kubelet. attach.go plugs machines into the network,
// connections.go leads the API server to the kubelets.
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
// Besides those of queues, logs and connections there are three locks. That of the
// roster guards which machines there are and what runs on them; that of a machine, how
// it should be; that of a node's loop (syncloop), everything that is on the node. None
// of the three is taken while another is held. Reseed takes the first alone: it is
// called while nothing runs.
package node
