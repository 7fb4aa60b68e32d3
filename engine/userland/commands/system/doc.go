// Package system has the commands that are about the system, the processes, the user
// and the environment: ps, date, env, sleep and their like. They have the options, texts and exit
// statuses of busybox. The table in package commands lists them; each knows of the
// process that it runs in only what process.Invocation gives.
package system
