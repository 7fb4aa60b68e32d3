// Package network has the commands that use the network of a process.System: curl,
// wget, nc, nslookup and getent. They have the options, texts and exit
// statuses of busybox. The table in package commands lists them; each knows its
// process only through process.Invocation.
package network
