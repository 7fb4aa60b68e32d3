package system

import (
	"context"

	"tabernetes/engine/userland/process"
)

// True succeeds.
func True(context.Context, *process.Invocation) int { return 0 }

// False fails.
func False(context.Context, *process.Invocation) int { return 1 }
