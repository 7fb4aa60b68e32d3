// Package environment makes the variables of a container: those of its spec,
// resolved from ConfigMaps, Secrets and the downward API, and those that describe
// Services.
//
// The pod's worker (engine/node/pod) calls it when it configures a container. The
// package knows the pod and the node only as Pod and Host, and keeps no state; it
// is called under the lock of the sync loop.
package environment
