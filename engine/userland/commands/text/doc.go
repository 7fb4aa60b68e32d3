// Package text has the commands that work on lines and words: cat, cut, grep, sort
// and their like. They have the options, texts and exit
// statuses of busybox. The table in package commands lists them; each knows of the
// process that it runs in only what process.Invocation gives.
package text
