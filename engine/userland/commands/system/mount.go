package system

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Mount lists what is mounted, as /proc/mounts says, or with -t only one type of it.
// Nobody may mount anything.
func Mount(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("t:o:r", nil)
	if !ok {
		return 1
	}
	if len(names) > 0 {
		i.Errorf("permission denied (are you root?)")
		return 1
	}
	text, err := i.System.FileSystem.ReadFile("/proc/mounts")
	if err != nil {
		i.Errorf("/proc/mounts: %s", filesystem.Text(err))
		return 1
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 4 || found['t'] != "" && words[2] != found['t'] {
			continue
		}
		fmt.Fprintf(i.Stdout, "%s on %s type %s (%s)\n", words[0], words[1], words[2], words[3])
	}
	return 0
}
