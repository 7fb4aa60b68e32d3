// Package text has the commands that work on lines and words: cat, cut, grep, sort
// and their like. They have the options, texts and exit
// statuses of busybox. The table in package commands lists them; each knows its
// process only through process.Invocation.
package text
