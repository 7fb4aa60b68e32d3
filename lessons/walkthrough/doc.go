// Package walkthrough holds the test that runs the built-in lessons on a real
// cluster, request by request, and checks what their texts claim. It is a
// package of its own so that package lessons and its tests need no build of
// Kubernetes.
package walkthrough
