// Package traffic sends requests to Services and counts their results, so that a
// learner sees why readiness probes, preStop hooks and graceful shutdown exist. A
// client sends a number of HTTP requests per second to one Service, each over its
// own connection, from the nodes in turn, and abandons a request after a timeout.
//
// It is called by engine/cluster, and through it by the page and by lessons. It
// knows only the network, not nodes, containers or the API.
package traffic
