// Package files has the commands that work on files and their names: ls, cp, find
// and their like. They have the options, texts and exit
// statuses of busybox. The table in package commands lists them; each knows its
// process only through process.Invocation.
package files
