// Package system has the commands for the system, the processes, the user and the
// environment: ps, date, env, sleep and their like. They have the options, texts and exit
// statuses of busybox. The table in package commands lists them; each knows its process
// only through process.Invocation.
package system
