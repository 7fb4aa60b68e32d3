// Package commands is the table of the usual programs: those of a busybox image,
// with its options, texts and exit statuses. The creator of a process.System, for
// a container or a terminal, passes the table to it; nothing below knows the
// table.
//
// A command is a function in a file of its own, in the package of its kind: text,
// files, network or system. To add one, write that file, its line in Table and
// its test.
package commands
