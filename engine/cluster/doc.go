// Package cluster is the composition root: it builds the store, the API server,
// the controllers, the scheduler and the simulated nodes, and it is the only
// package that starts them. The WebAssembly module and the native binary use it;
// everything else sees a cluster through its API.
//
//	Prepare ── store, API server, view, network, metrics, scheduler, controllers
//	Build ──── stored objects, nodes, the seed ──▶ Handler, RESTConfig
//	Run ────── 1. API server, until it is ready
//	           2. nodes, network, metrics, scheduler, controllers, through the Gate
//	           stop: 2, then 1
//
// foundation.go has the first two, cluster.go the third, gate.go what holds the
// components' changes while the clock is paused, past.go the cluster at an earlier
// moment. New is Prepare and Build.
package cluster
