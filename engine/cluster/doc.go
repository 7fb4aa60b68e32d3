// Package cluster is the composition root: it builds the store, the API server,
// the controllers, the scheduler and the simulated nodes, and it is the only
// package that starts them. The WebAssembly module and the native binary use it;
// everything else sees a cluster through its API.
//
//	New ── store ── apiserver ── Handler, RESTConfig
//	                    │
//	Run ── 1. API server, until it is ready
//	       2. kubelet, scheduler, controllers, topology, through the Gate
//	       stop: 2, then 1
package cluster
