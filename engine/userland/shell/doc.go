// Package shell is a POSIX shell: its language with functions, jobs, traps and
// builtins, with the messages of sh (busybox's ash) and of bash.
//
// Who calls it: a table of commands contains Run, the program sh, and the programs
// that are also builtins (Echo, Printf, Test, Kill); a terminal uses a Session, a
// shell that is given one line at a time. It runs in a process.System and finds
// programs there, but knows none of them.
//
// The parser and the expansion of words are mvdan.cc/sh's; the interpreter is
// this package's (RATIONALE.md says why).
package shell
