// Package awk is awk: its language as in POSIX, without getline, system() and
// output to pipes. A table of commands contains its Run; it knows its process
// only through process.Invocation, and no shell.
package awk
