// Package traffic sends requests to Services and counts what comes of them, so
// that a learner sees why readiness probes, preStop hooks and graceful shutdown
// exist. A client sends a number of HTTP requests a second to one Service, each
// over a connection of its own, from the nodes in turn, and gives up on one
// after a time-out.
//
// It is called by engine/cluster, and through it by the page and by lessons. It
// knows the network and nothing of nodes, containers or the API.
package traffic
