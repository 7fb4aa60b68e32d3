// Package awk is awk: its language as POSIX has it, without getline, system() and
// pipes out of print. A table of commands has its Run; it knows of the process
// that it runs in only what process.Invocation gives, and nothing of a shell.
package awk
