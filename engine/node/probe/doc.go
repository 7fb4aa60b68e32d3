// Package probe runs the probes of a simulated pod: when each is run (prober.go,
// with the timing of upstream's prober), how it checks the container (handlers.go)
// and how the results change the statuses of containers (set.go).
//
// The pod's worker (engine/node/pod) makes a Set for each pod, starts it with the
// first sync and asks for its results. The package knows the pod and the node only as
// Pod and Host: it must not know what becomes of a container whose probe has failed.
//
// Everything here belongs to the sync loop and is used under the loop's lock.
package probe
