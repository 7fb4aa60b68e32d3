package system

import (
	"context"
	"fmt"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Sysctl prints parameters of the kernel, which are files below /proc/sys.
func Sysctl(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("neq", nil)
	if !ok {
		return 1
	}
	if len(names) == 0 {
		fmt.Fprintln(i.Stderr, "Usage: sysctl [-enq] KEY...")
		return 1
	}
	code := 0
	for _, name := range names {
		if strings.Contains(name, "=") {
			i.Errorf("error setting key '%s': Read-only file system", name[:strings.Index(name, "=")])
			code = 1
			continue
		}
		text, err := i.System.FileSystem.ReadFile(path.Join("/proc/sys", strings.ReplaceAll(name, ".", "/")))
		switch {
		case err == nil && found.Has('n'):
			fmt.Fprint(i.Stdout, string(text))
		case err == nil:
			fmt.Fprintf(i.Stdout, "%s = %s", name, text)
		case !found.Has('e'):
			i.Errorf("error: '/proc/sys/%s': %s", strings.ReplaceAll(name, ".", "/"), filesystem.Text(err))
			code = 1
		}
	}
	return code
}
