// Package network is the network of a simulated cluster: which IP a pod gets
// from its node's pod CIDR, what a DNS name means, where a node's kube-proxy
// sends a connection to a Service, and what becomes of a connection while
// processes start and stop.
//
// Network is the whole network. Machines (engine/node's) are attached to it and
// say what listens at their addresses. Connect opens a connection from a Place, by
// the rules of the proxier of that place's node. Dial and Transport do the same
// for callers that wait, with Go's errors and Linux's error texts. Sockets are a
// process's connections, which end with it.
//
// It is called by engine/cluster, by the machines, the kubelets and the containers of
// engine/node, by engine/node/traffic and by shells. It knows Services, EndpointSlices
// and Nodes through shared informers; it must not know pods as API objects, nor how a
// container behaves.
package network
