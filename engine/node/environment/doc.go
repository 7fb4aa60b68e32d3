// Package environment is the variables of a container: those of its spec, with
// ConfigMaps, Secrets and the downward API behind them, and those that tell of
// Services.
//
// The pod's worker (engine/node/pod) asks for them when it configures a
// container. The package knows the pod and the node only as Pod and Host, and keeps
// nothing from one call to the next; it is called under the lock of the sync loop.
package environment
