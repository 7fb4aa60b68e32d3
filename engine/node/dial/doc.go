// Package dial is how a node's kubelet reaches the containers of its own pods, for
// probes (engine/node/probe) and lifecycle hooks: an HTTP request is answered at
// once, but the answer is delivered to the caller after the time that it takes, so
// the sync loop never waits.
//
// The package knows containers only as Server, and finds them through Listeners.
// It must not know the network between nodes (see engine/node/network). Everything
// here is called under the lock of the sync loop.
package dial
