// Package syncloop is the time of one node: the lock, the instant and the timers
// that everything on a machine shares. The kubelet owns a Loop and runs its turns;
// the pods, their containers, volumes and probes set timers on it, each pod through
// a Scope that ends with the pod.
//
// What happens on a node happens in turns of one goroutine, with the lock held and
// at one instant, in an order that depends on nothing but the times and the seed.
// So almost nothing else on a machine has a lock: a type whose comment says that it
// belongs to the loop is used with the loop's lock held, and nowhere else.
//
// The package knows nothing of Kubernetes, nor whether time is virtual.
package syncloop
