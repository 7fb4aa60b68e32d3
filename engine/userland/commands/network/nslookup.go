package network

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/process"
)

// Nslookup asks the name server for addresses.
func Nslookup(ctx context.Context, i *process.Invocation) int {
	if len(i.Args) < 2 {
		fmt.Fprintln(i.Stderr, "Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]")
		return 1
	}
	name := i.Args[len(i.Args)-1]
	for _, word := range i.Args[1:] {
		if !strings.HasPrefix(word, "-") {
			name = word
			break
		}
	}
	if i.System.Network == nil {
		fmt.Fprint(i.Stdout, ";; connection timed out; no servers could be reached\n\n")
		return 1
	}
	addresses, err := i.System.Network.Lookup(ctx, name)
	server := nameServer(i)
	fmt.Fprintf(i.Stdout, "Server:\t\t%s\nAddress:\t%s:53\n\n", server, server)
	if err != nil || len(addresses) == 0 {
		fmt.Fprintf(i.Stdout, "** server can't find %s: NXDOMAIN\n\n", name)
		return 1
	}
	for _, address := range addresses {
		fmt.Fprintf(i.Stdout, "Name:\t%s\nAddress: %s\n", name, address)
	}
	fmt.Fprintln(i.Stdout)
	return 0
}

// nameServer is the first name server of /etc/resolv.conf.
func nameServer(i *process.Invocation) string {
	data, err := i.System.FileSystem.ReadFile("/etc/resolv.conf")
	if err == nil {
		for _, line := range strings.Split(string(data), "\n") {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "nameserver" {
				return fields[1]
			}
		}
	}
	return "127.0.0.1"
}
