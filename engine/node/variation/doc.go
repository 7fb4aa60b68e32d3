// Package variation is the chance of a simulated machine: the delays and the IDs
// in which one pod differs from the next, all from one seed. Whatever simulates a
// part of a node draws from it. It knows neither of time nor of Kubernetes.
//
// A Source has no lock: it belongs to whoever was made with it, a machine or a
// pod, and is used under the lock of that (see syncloop.Loop).
package variation
