// Package image is the catalogue of container images and the registries that serve
// it: which tags a repository has, how big they are and how fast they download,
// how a pull can fail, and what a container of the image does: when it listens,
// what it answers, how much CPU and memory it consumes, what it logs, when it
// exits and how it reacts to SIGTERM.
//
// The catalogue is the YAML files in catalogue/, one repository each; README.md
// explains every field. A repository that is in the catalogue has the tags listed
// there and no others. A repository that is not in it has every tag, and its
// images are plain HTTP servers. Settings are the annotations that override what
// an image does.
//
// The package is called by the rest of engine/node and by the terminal's docker. It is
// pure data and arithmetic: it must not know pods, nodes, the API or the time of day.
package image
