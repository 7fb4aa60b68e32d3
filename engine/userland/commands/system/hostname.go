package system

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/process"
)

// Hostname prints the name of the host, or its address.
func Hostname(_ context.Context, i *process.Invocation) int {
	name := i.System.Hostname
	if len(i.Args) > 1 && i.Args[1] == "-s" {
		name, _, _ = strings.Cut(name, ".")
	}
	if len(i.Args) > 1 && i.Args[1] == "-i" && i.System.Network != nil {
		addresses, err := i.System.Network.Lookup(context.Background(), name)
		if err != nil || len(addresses) == 0 {
			i.Errorf("%s: Unknown host", name)
			return 1
		}
		name = addresses[0]
	}
	fmt.Fprintln(i.Stdout, name)
	return 0
}
