package files

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Df prints how full the file system is.
func Df(_ context.Context, i *process.Invocation) int {
	used, _ := i.System.FileSystem.Usage()
	total := i.System.FileSystem.Limits().MaxBytes
	fmt.Fprintln(i.Stdout, "Filesystem           1K-blocks      Used Available Use% Mounted on")
	fmt.Fprintf(i.Stdout, "%-20s %9d %9d %9d %3d%% /\n", "overlay", total/1024, (used+1023)/1024, (total-used)/1024, used*100/total)
	return 0
}
