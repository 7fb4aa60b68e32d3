// Package reach lets a program in another process, such as the terminal in its
// worker, use the network of a simulated cluster: HTTP requests, names and
// connections.
//
// Handler is the cluster's side, served at Prefix beside the Kubernetes API;
// Network is the program's side, over any http.RoundTripper that leads there. A
// request is sent in wire format inside another request; an error is sent as its
// kind and turned back into the error of package net that it was.
//
// engine/cluster serves the Handler and wasm/kubectl gives the terminal the Network.
// Both know a network only as process.Network, so that the terminal's module links
// nothing of the cluster's.
package reach
