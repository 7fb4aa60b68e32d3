package files

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

type listed struct {
	name string
	info fs.FileInfo
}

// List is ls.
func List(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("1AaCdFhilLnrRSstuxXgo", map[string]byte{"dereference": 'L', "all": 'a', "color": '1', "almost-all": 'A', "human-readable": 'h', "recursive": 'R', "reverse": 'r'})
	if !ok {
		return 1
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	code := 0
	var files, directories []listed
	for _, name := range names {
		info, err := i.System.FileSystem.Lstat(i.Path(name))
		if err == nil && info.Mode()&fs.ModeSymlink != 0 && (found.Has('L') || !found.Has('l') && !found.Has('d')) {
			if target, targetErr := i.Stat(name); targetErr == nil {
				info = target
			}
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		if info.IsDir() && !found.Has('d') {
			directories = append(directories, listed{name, info})
		} else {
			files = append(files, listed{name, info})
		}
	}
	printList(i, files, found)
	titles := len(names) > 1 || found.Has('R')
	for n := 0; n < len(directories); n++ {
		directory := directories[n]
		if i.Step(ctx) != nil {
			return 1
		}
		entries, err := i.System.FileSystem.ReadDir(i.Path(directory.name))
		if err != nil {
			i.Fail(directory.name, err)
			code = 1
			continue
		}
		if titles {
			if n > 0 || len(files) > 0 {
				fmt.Fprintln(i.Stdout)
			}
			fmt.Fprintf(i.Stdout, "%s:\n", directory.name)
		}
		shown := visible(i, directory, entries, found)
		if found.Has('l') || found.Has('s') {
			fmt.Fprintf(i.Stdout, "total %d\n", blocks(shown))
		}
		printList(i, shown, found)
		if found.Has('R') {
			var below []listed
			for _, entry := range shown {
				if entry.info.IsDir() && entry.name != "." && entry.name != ".." {
					below = append(below, listed{strings.TrimSuffix(directory.name, "/") + "/" + entry.name, entry.info})
				}
			}
			directories = slices.Insert(directories, n+1, below...)
		}
	}
	return code
}

func visible(i *process.Invocation, directory listed, entries []fs.DirEntry, found process.Options) []listed {
	var shown []listed
	if found.Has('a') {
		for _, name := range []string{".", ".."} {
			if info, err := i.Stat(path.Join(directory.name, name)); err == nil {
				shown = append(shown, listed{name, info})
			}
		}
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") && !found.Has('a') && !found.Has('A') {
			continue
		}
		info, err := entry.Info()
		if err == nil && found.Has('L') && info.Mode()&fs.ModeSymlink != 0 {
			info, err = i.Stat(path.Join(directory.name, entry.Name()))
		}
		if err == nil {
			shown = append(shown, listed{entry.Name(), info})
		}
	}
	return shown
}

func printList(i *process.Invocation, entries []listed, found process.Options) {
	slices.SortStableFunc(entries, func(a, b listed) int {
		switch {
		case found.Has('t') && !a.info.ModTime().Equal(b.info.ModTime()):
			return b.info.ModTime().Compare(a.info.ModTime())
		case found.Has('S') && a.info.Size() != b.info.Size():
			return cmp.Compare(b.info.Size(), a.info.Size())
		}
		return cmp.Compare(a.name, b.name)
	})
	if found.Has('r') {
		slices.Reverse(entries)
	}
	var rows [][]string
	for _, entry := range entries {
		rows = append(rows, listRow(i, entry, found))
	}
	if found.Has('l') || found.Has('g') || found.Has('o') {
		printColumns(i, rows)
		return
	}
	separator := "\n"
	if i.Terminal(1) && !found.Has('1') {
		separator = "  "
	}
	var line []string
	for _, row := range rows {
		line = append(line, strings.Join(row, " "))
	}
	if len(line) > 0 {
		fmt.Fprintln(i.Stdout, strings.Join(line, separator))
	}
}

func listRow(i *process.Invocation, entry listed, found process.Options) []string {
	var row []string
	system, _ := entry.info.Sys().(*filesystem.Info)
	if found.Has('i') && system != nil {
		row = append(row, strconv.FormatUint(system.Inode, 10))
	}
	name := entry.name
	if found.Has('F') && entry.info.IsDir() {
		name += "/"
	}
	if !found.Has('l') {
		return append(row, name)
	}
	size := strconv.FormatInt(entry.info.Size(), 10)
	if found.Has('h') {
		size = humanSize(entry.info.Size())
	}
	links, user, group := "1", "root", "root"
	if system != nil {
		user, group = strconv.Itoa(system.UID), strconv.Itoa(system.GID)
		if !found.Has('n') {
			user, _ = i.System.UserName(system.UID)
			group, _ = i.System.GroupName(system.GID)
		}
		links = strconv.Itoa(system.Links)
		if system.Target != "" {
			name += " -> " + system.Target
		}
	}
	return append(row, modeString(entry.info.Mode()), links, user, group, size, listTime(entry.info.ModTime()), name)
}

// listTime is the time as ls shows it: with the year when it is older than half a
// year.
func listTime(at time.Time) string {
	if age := time.Since(at); age > 183*24*time.Hour || age < -time.Hour {
		return at.UTC().Format("Jan _2  2006")
	}
	return at.UTC().Format("Jan _2 15:04")
}

// printColumns prints rows whose numbers stand to the right.
func printColumns(i *process.Invocation, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for n, cell := range row {
			if n == len(widths) {
				widths = append(widths, 0)
			}
			widths[n] = max(widths[n], len(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for n, cell := range row {
			if n > 0 {
				line.WriteByte(' ')
			}
			gap := strings.Repeat(" ", widths[n]-len(cell))
			switch {
			case n == len(row)-1:
				line.WriteString(cell)
			case strings.Trim(cell, "0123456789.KMG") == "":
				line.WriteString(gap + cell)
			default:
				line.WriteString(cell + gap)
			}
		}
		fmt.Fprintln(i.Stdout, line.String())
	}
}
