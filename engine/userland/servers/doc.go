// Package servers is the small servers that tutorials start: http-echo and Python's
// http.server, with their options and what they print.
//
// The catalogue of images names them as entry points or as commands; a container
// runs them like any program of the userland. They know nothing of Kubernetes.
package servers
