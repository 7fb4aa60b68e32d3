// Package variation is the randomness of a simulated machine: the delays and the
// IDs that differ from pod to pod, all from one seed. Everything that simulates a
// part of a node draws from it. It knows neither time nor Kubernetes.
//
// A Source has no lock: it belongs to the machine or the pod that it was made for,
// and is used under that owner's lock (see syncloop.Loop).
package variation
