package network

import (
	"context"

	"tabernetes/engine/userland/process"
)

// Ping prints the error of a pod without the right to send ICMP: the simulated
// network only carries TCP.
func Ping(_ context.Context, i *process.Invocation) int {
	i.Errorf("permission denied (are you root?)")
	return 1
}
