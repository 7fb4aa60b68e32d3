// Package sampleapiserver is Kubernetes' sample API server (k8s.io/sample-apiserver) as
// a program of a container: what is behind an APIService in the official suite, and in
// the documentation of the aggregation layer. The resources and their storage are
// upstream's; package engine/cluster gives the program to the nodes.
//
// It knows neither nodes nor the cluster's API server: requests come to it over TLS,
// through the network of the cluster.
package sampleapiserver
