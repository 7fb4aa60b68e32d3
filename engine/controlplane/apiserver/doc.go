// Package apiserver is the Kubernetes API server of a Tabernetes cluster: the
// upstream generic API server with the upstream REST storage of
// k8s.io/kubernetes, admission and discovery, over a storage.Interface that
// keeps its objects in memory.
//
// It listens on nothing. [Server.Handler] answers requests as an http.Handler
// and [Server.RESTConfig] gives clients in the same process a transport that
// calls that handler directly. engine/cluster builds it and runs it; nothing
// here may know about nodes, controllers or the browser.
//
// The file server.go shows the whole server in numbered steps.
package apiserver
