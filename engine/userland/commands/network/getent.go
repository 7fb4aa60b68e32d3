package network

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Getent looks up hosts.
func Getent(ctx context.Context, i *process.Invocation) int {
	if len(i.Args) < 3 || i.Args[1] != "hosts" && i.Args[1] != "ahosts" {
		i.Errorf("unknown database")
		return 1
	}
	if address, known := process.HostOf(i.System.FileSystem, i.Args[2]); known {
		fmt.Fprintf(i.Stdout, "%-15s %s\n", address, i.Args[2])
		return 0
	}
	if i.System.Network == nil {
		return 2
	}
	addresses, err := i.System.Network.Lookup(ctx, i.Args[2])
	if err != nil || len(addresses) == 0 {
		return 2
	}
	for _, address := range addresses {
		fmt.Fprintf(i.Stdout, "%-15s %s\n", address, i.Args[2])
	}
	return 0
}
