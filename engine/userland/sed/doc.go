// Package sed is sed: the commands of its language that people type, with busybox's
// options and texts. A table of commands has its Run; it knows of the process that
// it runs in only what process.Invocation gives, and nothing of a shell.
package sed
