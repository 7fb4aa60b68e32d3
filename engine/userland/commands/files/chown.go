package files

import (
	"context"
	"io/fs"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Chown changes the owners of files: chown OWNER, OWNER:GROUP or :GROUP; "OWNER:"
// stands for the owner's own group.
func Chown(ctx context.Context, i *process.Invocation) int { return changeOwners(ctx, i, parseOwner) }

// Chgrp changes the groups of files.
func Chgrp(ctx context.Context, i *process.Invocation) int {
	return changeOwners(ctx, i, func(i *process.Invocation, text string) (uid, gid int, ok bool) {
		gid, ok = parseGroup(i, text)
		return filesystem.Unchanged, gid, ok
	})
}

func changeOwners(ctx context.Context, i *process.Invocation, parse func(*process.Invocation, string) (uid, gid int, ok bool)) int {
	found, names, ok := i.Options("RhvcfLHP", map[string]byte{"recursive": 'R', "no-dereference": 'h'})
	if !ok {
		return 1
	}
	if len(names) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	uid, gid, ok := parse(i, names[0])
	if !ok {
		return 1
	}
	code := 0
	change := i.System.FileSystem.Chown
	if found.Has('h') || found.Has('R') {
		change = i.System.FileSystem.Lchown
	}
	for _, name := range names[1:] {
		err := i.Walk(ctx, name, found.Has('R'), func(name string, _ fs.FileInfo) error {
			return change(i.Path(name), uid, gid)
		})
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

func parseOwner(i *process.Invocation, text string) (uid, gid int, ok bool) {
	owner, group, both := strings.Cut(text, ":")
	uid, gid = filesystem.Unchanged, filesystem.Unchanged
	if owner != "" {
		number, own, known := i.System.FindUser(owner)
		if !known {
			parsed, err := strconv.Atoi(owner)
			if err != nil || parsed < 0 {
				i.Errorf("unknown user %s", owner)
				return 0, 0, false
			}
			number = parsed
		}
		uid = number
		if both && group == "" && known {
			gid = own
		}
	}
	if group != "" {
		if gid, ok = parseGroup(i, group); !ok {
			return 0, 0, false
		}
	}
	return uid, gid, true
}

func parseGroup(i *process.Invocation, text string) (gid int, ok bool) {
	if gid, ok = i.System.FindGroup(text); ok {
		return gid, true
	}
	gid, err := strconv.Atoi(text)
	if err != nil || gid < 0 {
		i.Errorf("unknown group %s", text)
		return 0, false
	}
	return gid, true
}
