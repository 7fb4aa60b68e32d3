// Package image is the catalogue of container images and the registry that
// serves it: which tags a repository has, how big they are and how fast they
// come, and what a container of the image does: when it listens, what it
// answers, what it logs, when it exits and how it reacts to SIGTERM.
//
// The catalogue is the YAML files in catalogue/, one repository each; their
// fields are those of Repository. A repository that is in the catalogue has the
// tags listed there and no others. A repository that is not in it has every
// tag, and its images are plain HTTP servers.
//
// The package is called by engine/kubelet. It is pure data and arithmetic: it
// must not know pods, nodes, the API or the time of day.
package image
