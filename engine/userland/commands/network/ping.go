package network

import (
	"context"

	"tabernetes/engine/userland/process"
)

// Ping says what a pod without the right to send ICMP says: the simulated
// network carries TCP only.
func Ping(_ context.Context, i *process.Invocation) int {
	i.Errorf("permission denied (are you root?)")
	return 1
}
