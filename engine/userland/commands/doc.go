// Package commands is the table of the usual programs: those of a busybox image,
// with its options, texts and exit statuses. Whoever makes a process.System, for a
// container or a terminal, hands the table in; nothing below knows it.
//
// A command is a function of a file of its own, in the package of its kind: text,
// files, network or system. To add one write that file, its line in Table and its
// test.
package commands
