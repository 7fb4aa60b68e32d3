package shell

import (
	"context"
	"fmt"
	"path"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

func builtinChangeDirectory(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	for len(args) > 0 && (args[0] == "-L" || args[0] == "-P" || args[0] == "--") {
		args = args[1:]
	}
	target, show := in.get("HOME"), false
	if len(args) > 0 {
		target = args[0]
	}
	if target == "-" {
		target, show = in.get("OLDPWD"), true
		if target == "" {
			in.complain(ctx, "cd: OLDPWD not set")
			return 1
		}
	}
	resolved, err := in.system.FileSystem.RealPath(process.Absolute(in.dir, target))
	if err == nil {
		info, statErr := in.system.FileSystem.Stat(resolved)
		if statErr != nil {
			err = statErr
		} else if !info.IsDir() {
			err = filesystem.ErrNotDirectory
		}
	}
	if err != nil {
		if in.bash {
			in.complain(ctx, "cd: %s: %s", target, filesystem.Text(err))
			return 1
		}
		in.complain(ctx, "cd: can't cd to %s: %s", target, filesystem.Text(err))
		return 2
	}
	in.put("OLDPWD", in.dir)
	in.dir = path.Clean(process.Absolute(in.dir, target))
	if _, err := in.system.FileSystem.Stat(in.dir); err != nil {
		in.dir = resolved
	}
	in.put("PWD", in.dir)
	if show {
		fmt.Fprintln(in.output(ctx), in.dir)
	}
	return 0
}

func builtinPrintDirectory(ctx context.Context, in *interpreter, args []string) int {
	dir := in.dir
	if len(args) > 1 && args[1] == "-P" {
		if resolved, err := in.system.FileSystem.RealPath(dir); err == nil {
			dir = resolved
		}
	}
	fmt.Fprintln(in.output(ctx), dir)
	return 0
}
