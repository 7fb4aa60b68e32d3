package files

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Stat prints what is known of a file.
func Stat(_ context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("c:Lt", map[string]byte{"format": 'c'})
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		info, err := i.System.FileSystem.Lstat(i.Path(name))
		if err == nil && found.Has('L') {
			info, err = i.Stat(name)
		}
		if err != nil {
			i.Errorf("can't stat '%s': %s", name, filesystem.Text(err))
			code = 1
			continue
		}
		system, _ := info.Sys().(*filesystem.Info)
		kind := "regular file"
		switch {
		case info.IsDir():
			kind = "directory"
		case info.Mode()&fs.ModeSymlink != 0:
			kind = "symbolic link"
		case info.Mode()&fs.ModeCharDevice != 0:
			kind = "character special file"
		case info.Size() == 0:
			kind = "regular empty file"
		}
		user, _ := i.System.UserName(system.UID)
		group, _ := i.System.GroupName(system.GID)
		replacer := strings.NewReplacer(
			"%n", name, "%s", strconv.FormatInt(info.Size(), 10), "%F", kind, "%A", modeString(info.Mode()),
			"%a", strconv.FormatUint(uint64(modeNumber(info.Mode())), 8), "%h", strconv.Itoa(system.Links),
			"%i", strconv.FormatUint(system.Inode, 10), "%5u", fmt.Sprintf("%5d", system.UID), "%5g", fmt.Sprintf("%5d", system.GID), "%8U", fmt.Sprintf("%8s", user), "%8G", fmt.Sprintf("%8s", group),
			"%U", user, "%G", group, "%u", strconv.Itoa(system.UID), "%g", strconv.Itoa(system.GID),
			"%Y", strconv.FormatInt(info.ModTime().Unix(), 10), "%y", info.ModTime().UTC().Format("2006-01-02 15:04:05.000000000 -0700"),
		)
		format := found['c']
		if !found.Has('c') {
			format = "  File: %n\n  Size: %s\t%F\nInode: %i\tLinks: %h\nAccess: (0%a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nModify: %y"
		}
		fmt.Fprintln(i.Stdout, replacer.Replace(format))
	}
	return code
}
