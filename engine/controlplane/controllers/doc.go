// Package controllers runs upstream's controllers, wired as
// cmd/kube-controller-manager wires them and with its default configuration.
// None of their behaviour is written here.
//
// Upstream's own wiring (cmd/kube-controller-manager/app) is not used because
// it links every volume plug-in and the certificate signers, megabytes that
// nothing in a tab can use. engine/cluster starts this package; it knows the
// cluster only through the API.
package controllers
