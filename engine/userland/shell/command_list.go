package shell

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
)

// modeString is the mode as ls -l shows it.
func modeString(mode fs.FileMode) string {
	kind := byte('-')
	switch {
	case mode.IsDir():
		kind = 'd'
	case mode&fs.ModeSymlink != 0:
		kind = 'l'
	case mode&fs.ModeCharDevice != 0:
		kind = 'c'
	case mode&fs.ModeNamedPipe != 0:
		kind = 'p'
	}
	text := []byte(string(kind) + mode.Perm().String()[1:])
	if mode&fs.ModeSetuid != 0 {
		text[3] = 's'
	}
	if mode&fs.ModeSetgid != 0 {
		text[6] = 's'
	}
	if mode&fs.ModeSticky != 0 {
		text[9] = 't'
	}
	return string(text)
}

type listed struct {
	name string
	info fs.FileInfo
}

func commandList(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("1AaCdFhilLnrRSstuxXgo", map[string]byte{"all": 'a', "color": '1', "almost-all": 'A', "human-readable": 'h', "recursive": 'R', "reverse": 'r'})
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
		if err == nil && info.Mode()&fs.ModeSymlink != 0 && !found.has('l') && !found.has('d') {
			if target, targetErr := i.stat(name); targetErr == nil {
				info = target
			}
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		if info.IsDir() && !found.has('d') {
			directories = append(directories, listed{name, info})
		} else {
			files = append(files, listed{name, info})
		}
	}
	i.printList(files, found)
	titles := len(names) > 1 || found.has('R')
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
		shown := i.visible(directory, entries, found)
		if found.has('l') || found.has('s') {
			fmt.Fprintf(i.Stdout, "total %d\n", blocks(shown))
		}
		i.printList(shown, found)
		if found.has('R') {
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

func (i *Invocation) visible(directory listed, entries []fs.DirEntry, found flags) []listed {
	var shown []listed
	if found.has('a') {
		for _, name := range []string{".", ".."} {
			if info, err := i.stat(path.Join(directory.name, name)); err == nil {
				shown = append(shown, listed{name, info})
			}
		}
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") && !found.has('a') && !found.has('A') {
			continue
		}
		if info, err := entry.Info(); err == nil {
			shown = append(shown, listed{entry.Name(), info})
		}
	}
	return shown
}

// blocks is the size in KiB of whole blocks of 4 KiB.
func blocks(entries []listed) int64 {
	total := int64(0)
	for _, entry := range entries {
		if !entry.info.IsDir() {
			total += (entry.info.Size() + 4095) / 4096 * 4
		} else {
			total += 4
		}
	}
	return total
}

func (i *Invocation) printList(entries []listed, found flags) {
	slices.SortStableFunc(entries, func(a, b listed) int {
		switch {
		case found.has('t') && !a.info.ModTime().Equal(b.info.ModTime()):
			return b.info.ModTime().Compare(a.info.ModTime())
		case found.has('S') && a.info.Size() != b.info.Size():
			return cmp.Compare(b.info.Size(), a.info.Size())
		}
		return cmp.Compare(a.name, b.name)
	})
	if found.has('r') {
		slices.Reverse(entries)
	}
	var rows [][]string
	for _, entry := range entries {
		rows = append(rows, i.listRow(entry, found))
	}
	if found.has('l') || found.has('g') || found.has('o') {
		printColumns(i, rows)
		return
	}
	separator := "\n"
	if i.Terminal(1) && !found.has('1') {
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

func (i *Invocation) listRow(entry listed, found flags) []string {
	var row []string
	system, _ := entry.info.Sys().(*filesystem.Info)
	if found.has('i') && system != nil {
		row = append(row, strconv.FormatUint(system.Inode, 10))
	}
	name := entry.name
	if found.has('F') && entry.info.IsDir() {
		name += "/"
	}
	if !found.has('l') {
		return append(row, name)
	}
	size := strconv.FormatInt(entry.info.Size(), 10)
	if found.has('h') {
		size = humanSize(entry.info.Size())
	}
	user := "root"
	if found.has('n') {
		user = "0"
	}
	links := "1"
	if system != nil {
		links = strconv.Itoa(system.Links)
		if system.Target != "" {
			name += " -> " + system.Target
		}
	}
	return append(row, modeString(entry.info.Mode()), links, user, user, size, listTime(entry.info.ModTime()), name)
}

// listTime is the time as ls shows it: with the year when it is older than half a
// year.
func listTime(at time.Time) string {
	if age := time.Since(at); age > 183*24*time.Hour || age < -time.Hour {
		return at.UTC().Format("Jan _2  2006")
	}
	return at.UTC().Format("Jan _2 15:04")
}

func humanSize(size int64) string {
	value, unit := float64(size), ""
	for _, next := range []string{"K", "M", "G"} {
		if value < 1024 {
			break
		}
		value, unit = value/1024, next
	}
	if unit == "" {
		return strconv.FormatInt(size, 10)
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + unit
}

// printColumns prints rows whose numbers stand to the right.
func printColumns(i *Invocation, rows [][]string) {
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

func commandStat(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("c:Lt", map[string]byte{"format": 'c'})
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		info, err := i.System.FileSystem.Lstat(i.Path(name))
		if err == nil && found.has('L') {
			info, err = i.stat(name)
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
		replacer := strings.NewReplacer(
			"%n", name, "%s", strconv.FormatInt(info.Size(), 10), "%F", kind, "%A", modeString(info.Mode()),
			"%a", strconv.FormatUint(uint64(info.Mode().Perm()), 8), "%h", strconv.Itoa(system.Links),
			"%i", strconv.FormatUint(system.Inode, 10), "%U", "root", "%G", "root", "%u", "0", "%g", "0",
			"%Y", strconv.FormatInt(info.ModTime().Unix(), 10), "%y", info.ModTime().UTC().Format("2006-01-02 15:04:05.000000000 -0700"),
		)
		format := found['c']
		if !found.has('c') {
			format = "  File: %n\n  Size: %s\t%F\nInode: %i\tLinks: %h\nAccess: (0%a/%A)  Uid: (    0/    root)   Gid: (    0/    root)\nModify: %y"
		}
		fmt.Fprintln(i.Stdout, replacer.Replace(format))
	}
	return code
}
