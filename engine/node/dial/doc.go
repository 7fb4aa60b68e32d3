// Package dial is how a node's kubelet reaches the containers of its own pods, for
// probes (engine/node/probe) and lifecycle hooks: an HTTP request is answered at
// once, and told to whoever asked after the time that the answer takes, so that the
// sync loop never waits.
//
// The package knows containers only as Server, and finds them through Listeners. It
// must not know of the network between nodes (see engine/node/network). Everything
// here is called under the lock of the sync loop.
package dial
