// Package shell is a POSIX shell: its language with functions, jobs, traps and
// the commands that are built into it, as sh (busybox's ash) and as bash word
// them.
//
// Who calls it: a table of commands has Run, the program sh, and the programs that
// a shell also has built in (Echo, Printf, Test, Kill); a terminal has a Session,
// a shell that is given a line at a time. It runs in a process.System and finds
// programs there; it knows none of them.
//
// The parser and the expansion of words are mvdan.cc/sh's; the interpreter is
// this package's (RATIONALE.md says why).
package shell
