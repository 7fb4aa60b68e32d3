package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/filesystem"
)

// each opens every operand, or standard input without one, and gives 1 if one
// could not be read.
func (i *Invocation) each(ctx context.Context, names []string, visit func(name string, reader io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		reader, err := i.open(ctx, name)
		if err != nil {
			if i.Name() == "cat" || i.Name() == "head" || i.Name() == "tail" || i.Name() == "sort" || i.Name() == "wc" || i.Name() == "sed" || i.Name() == "cut" {
				if errors.Is(err, filesystem.ErrNotExist) || i.Name() != "cat" {
					i.cannotOpen(name, err)
				} else {
					i.cannotRead(err)
				}
			} else {
				i.Fail(name, err)
			}
			code = 1
			continue
		}
		err = visit(name, reader)
		_ = reader.Close()
		if err != nil {
			if ctx.Err() != nil {
				return ending(ctx)
			}
			i.cannotRead(err)
			code = 1
		}
	}
	return code
}

func (i *Invocation) cannotOpen(name string, err error) {
	i.Errorf("can't open '%s': %s", name, filesystem.Text(err))
}

func (i *Invocation) cannotRead(err error) { i.Errorf("read error: %s", filesystem.Text(err)) }

func commandCat(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("nbeEtTvAsu", nil)
	if !ok {
		return 1
	}
	line := 0
	return i.each(ctx, names, func(_ string, reader io.Reader) error {
		if len(found) == 0 || len(found) == 1 && found.has('u') {
			return ignoreBrokenPipe(io.Copy(i.Stdout, reader))
		}
		return i.lines(ctx, reader, func(text string, whole bool) bool {
			if found.has('n') || found.has('b') && text != "" {
				line++
				fmt.Fprintf(i.Stdout, "%6d\t", line)
			}
			if found.has('T') || found.has('t') || found.has('A') {
				text = strings.ReplaceAll(text, "\t", "^I")
			}
			if whole && (found.has('E') || found.has('e') || found.has('A')) {
				text += "$"
			}
			if whole {
				text += "\n"
			}
			_, err := fmt.Fprint(i.Stdout, text)
			return err == nil
		})
	})
}

func ignoreBrokenPipe(_ int64, err error) error {
	if errors.Is(err, filesystem.ErrBrokenPipe) {
		return nil
	}
	return err
}

func commandMakeDirectory(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("pm:v", map[string]byte{"parents": 'p', "mode": 'm', "verbose": 'v'})
	if !ok {
		return 1
	}
	mode := fs.FileMode(0o755)
	if text := found['m']; text != "" {
		parsed, ok := parseMode(text, mode)
		if !ok {
			i.Errorf("invalid mode '%s'", text)
			return 1
		}
		mode = parsed
	}
	code := 0
	for _, name := range names {
		var err error
		if found.has('p') {
			err = i.System.FileSystem.MkdirAll(i.Path(name), mode)
		} else {
			err = i.System.FileSystem.Mkdir(i.Path(name), mode)
		}
		if err != nil {
			i.Errorf("can't create directory '%s': %s", name, filesystem.Text(err))
			code = 1
		}
	}
	if len(names) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	return code
}

func commandRemoveDirectory(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("p", nil)
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		for {
			info, err := i.System.FileSystem.Lstat(i.Path(name))
			if err == nil && !info.IsDir() {
				err = filesystem.ErrNotDirectory
			}
			if err == nil {
				err = i.System.FileSystem.Remove(i.Path(name))
			}
			if err != nil {
				i.Errorf("'%s': %s", name, filesystem.Text(err))
				code = 1
				break
			}
			name = path.Dir(name)
			if !found.has('p') || name == "." || name == "/" {
				break
			}
		}
	}
	return code
}

func commandRemove(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("rRfiv", map[string]byte{"recursive": 'r', "force": 'f'})
	if !ok {
		return 1
	}
	if len(names) == 0 && !found.has('f') {
		i.Errorf("missing operand")
		return 1
	}
	code := 0
	for _, name := range names {
		if path.Clean(i.Path(name)) == "/" {
			i.Errorf("can't remove '/': %s", filesystem.Text(filesystem.ErrBusy))
			code = 1
			continue
		}
		if base := path.Base(name); base == "." || base == ".." {
			i.Errorf("can't remove '.' or '..'")
			code = 1
			continue
		}
		if !i.remove(ctx, name, found.has('r') || found.has('R'), found.has('f')) {
			code = 1
		}
	}
	return code
}

func (i *Invocation) remove(ctx context.Context, name string, recursive, force bool) bool {
	files := i.System.FileSystem
	info, err := files.Lstat(i.Path(name))
	if err != nil {
		if force && errors.Is(err, fs.ErrNotExist) {
			return true
		}
		i.Errorf("can't remove '%s': %s", name, filesystem.Text(err))
		return false
	}
	fine := true
	if info.IsDir() {
		if !recursive {
			i.Errorf("can't remove '%s': %s", name, filesystem.Text(filesystem.ErrIsDirectory))
			return false
		}
		entries, _ := files.ReadDir(i.Path(name))
		for _, entry := range entries {
			if i.Step(ctx) != nil {
				return false
			}
			fine = i.remove(ctx, strings.TrimSuffix(name, "/")+"/"+entry.Name(), recursive, force) && fine
		}
		if !fine {
			return false
		}
	}
	if err := files.Remove(i.Path(name)); err != nil {
		i.Errorf("can't remove '%s': %s", name, filesystem.Text(err))
		return false
	}
	return true
}

// destinations pairs sources with where they go, for cp, mv and ln.
func (i *Invocation) destinations(names []string, directory string, plain bool) (pairs [][2]string, ok bool) {
	if directory == "" {
		if len(names) == 0 {
			i.Errorf("missing operand")
			return nil, false
		}
		if len(names) == 1 {
			i.Errorf("missing destination file operand after '%s'", names[0])
			return nil, false
		}
		directory = names[len(names)-1]
		names = names[:len(names)-1]
	}
	info, err := i.stat(directory)
	into := err == nil && info.IsDir() && !plain
	if len(names) > 1 && !into {
		i.Errorf("target '%s': %s", directory, filesystem.Text(filesystem.ErrNotDirectory))
		return nil, false
	}
	for _, name := range names {
		target := directory
		if into {
			target = strings.TrimSuffix(directory, "/") + "/" + path.Base(name)
		}
		pairs = append(pairs, [2]string{name, target})
	}
	return pairs, true
}

func commandMove(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("finvt:T", nil)
	if !ok {
		return 1
	}
	pairs, ok := i.destinations(names, found['t'], found.has('T'))
	if !ok {
		return 1
	}
	files := i.System.FileSystem
	code := 0
	for _, pair := range pairs {
		from, to := pair[0], pair[1]
		if _, err := files.Lstat(i.Path(to)); err == nil && found.has('n') {
			continue
		}
		err := files.Rename(i.Path(from), i.Path(to))
		if errors.Is(err, filesystem.ErrCrossDevice) {
			if !i.copy(ctx, from, to, copying{recursive: true, preserve: true, links: true}) || !i.remove(ctx, from, true, true) {
				code = 1
			}
			continue
		}
		if err != nil {
			i.Errorf("can't rename '%s': %s", from, filesystem.Text(err))
			code = 1
		}
	}
	return code
}

// copying are the options of a copy.
type copying struct{ recursive, preserve, links, noClobber bool }

func commandCopy(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("rRafpdinvLPt:Tu", map[string]byte{"recursive": 'r', "archive": 'a', "force": 'f'})
	if !ok {
		return 1
	}
	pairs, ok := i.destinations(names, found['t'], found.has('T'))
	if !ok {
		return 1
	}
	how := copying{
		recursive: found.has('r') || found.has('R') || found.has('a'),
		preserve:  found.has('p') || found.has('a'),
		links:     found.has('a') || found.has('d') || found.has('P'),
		noClobber: found.has('n'),
	}
	code := 0
	for _, pair := range pairs {
		if !i.copy(ctx, pair[0], pair[1], how) {
			code = 1
		}
	}
	return code
}

func (i *Invocation) copy(ctx context.Context, from, to string, how copying) bool {
	files := i.System.FileSystem
	if i.Step(ctx) != nil {
		return false
	}
	info, err := files.Lstat(i.Path(from))
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && !how.links {
		info, err = files.Stat(i.Path(from))
	}
	if err != nil {
		i.Errorf("can't stat '%s': %s", from, filesystem.Text(err))
		return false
	}
	existing, existsErr := files.Stat(i.Path(to))
	if existsErr == nil {
		if how.noClobber && !info.IsDir() {
			return true
		}
		if filesystem.SameFile(info, existing) {
			i.Errorf("'%s' and '%s' are the same file", from, to)
			return false
		}
	}
	fail := func(err error) bool {
		i.Errorf("can't create '%s': %s", to, filesystem.Text(err))
		return false
	}
	switch {
	case info.IsDir():
		if !how.recursive {
			i.Errorf("omitting directory '%s'", from)
			return false
		}
		if existsErr != nil {
			if err := files.Mkdir(i.Path(to), info.Mode().Perm()); err != nil {
				i.Errorf("can't create directory '%s': %s", to, filesystem.Text(err))
				return false
			}
		} else if !existing.IsDir() {
			return fail(filesystem.ErrNotDirectory)
		}
		entries, err := files.ReadDir(i.Path(from))
		if err != nil {
			return fail(err)
		}
		fine := true
		for _, entry := range entries {
			fine = i.copy(ctx, from+"/"+entry.Name(), to+"/"+entry.Name(), how) && fine
		}
		return fine
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := files.Readlink(i.Path(from))
		if err == nil {
			_ = files.Remove(i.Path(to))
			err = files.Symlink(target, i.Path(to))
		}
		if err != nil {
			return fail(err)
		}
		return true
	}
	if existsErr == nil && existing.IsDir() {
		return fail(filesystem.ErrIsDirectory)
	}
	source, err := i.open(ctx, from)
	if err != nil {
		i.cannotOpen(from, err)
		return false
	}
	defer func() { _ = source.Close() }()
	target, err := files.OpenFile(i.Path(to), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return fail(err)
	}
	defer func() { _ = target.Close() }()
	if _, err := io.Copy(target, source); err != nil {
		i.Errorf("write error: %s", filesystem.Text(err))
		return false
	}
	if how.preserve {
		_ = files.Chtimes(i.Path(to), info.ModTime())
	}
	return true
}

func commandTouch(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("acmhd:r:t:", map[string]byte{"no-create": 'c', "date": 'd', "reference": 'r'})
	if !ok {
		return 1
	}
	if len(names) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	at := time.Now()
	if text := found['d']; text != "" {
		parsed, ok := parseDate(text)
		if !ok {
			i.Errorf("invalid date '%s'", text)
			return 1
		}
		at = parsed
	}
	if name := found['r']; name != "" {
		info, err := i.stat(name)
		if err != nil {
			i.Fail(name, err)
			return 1
		}
		at = info.ModTime()
	}
	code := 0
	for _, name := range names {
		err := i.System.FileSystem.Chtimes(i.Path(name), at)
		if errors.Is(err, fs.ErrNotExist) {
			if found.has('c') {
				continue
			}
			var file *filesystem.File
			if file, err = i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE, 0o644); err == nil {
				_ = file.Close()
				err = i.System.FileSystem.Chtimes(i.Path(name), at)
			}
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

func commandLink(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("sfnvbT", nil)
	if !ok {
		return 1
	}
	if len(names) == 1 {
		names = append(names, ".")
	}
	pairs, ok := i.destinations(names, "", found.has('n') || found.has('T'))
	if !ok {
		return 1
	}
	files := i.System.FileSystem
	code := 0
	for _, pair := range pairs {
		if found.has('f') {
			if info, err := files.Lstat(i.Path(pair[1])); err == nil && !info.IsDir() {
				_ = files.Remove(i.Path(pair[1]))
			}
		}
		var err error
		if found.has('s') {
			err = files.Symlink(pair[0], i.Path(pair[1]))
		} else {
			err = files.Link(i.Path(pair[0]), i.Path(pair[1]))
		}
		if err != nil {
			i.Fail(pair[1], err)
			code = 1
		}
	}
	return code
}

func commandReadlink(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("fnv", nil)
	if !ok {
		return 1
	}
	code := 0
	for _, name := range names {
		var target string
		var err error
		if found.has('f') {
			target, err = i.System.FileSystem.RealPath(i.Path(name))
		} else {
			target, err = i.System.FileSystem.Readlink(i.Path(name))
		}
		if err != nil {
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, target)
	}
	return code
}

func commandRealpath(_ context.Context, i *Invocation) int {
	code := 0
	for _, name := range i.Args[1:] {
		target, err := i.System.FileSystem.RealPath(i.Path(name))
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, target)
	}
	return code
}

// parseMode reads an octal or symbolic mode.
func parseMode(text string, old fs.FileMode) (fs.FileMode, bool) {
	if number, err := strconv.ParseUint(text, 8, 16); err == nil {
		if number > 0o7777 {
			return 0, false
		}
		mode := fs.FileMode(number & 0o777)
		if number&0o4000 != 0 {
			mode |= fs.ModeSetuid
		}
		if number&0o2000 != 0 {
			mode |= fs.ModeSetgid
		}
		if number&0o1000 != 0 {
			mode |= fs.ModeSticky
		}
		return mode, true
	}
	mode := old & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	for _, clause := range strings.Split(text, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			return 0, false
		}
		who := fs.FileMode(0)
		for _, letter := range clause[:at] {
			switch letter {
			case 'u':
				who |= 0o700
			case 'g':
				who |= 0o070
			case 'o':
				who |= 0o007
			case 'a':
				who |= 0o777
			default:
				return 0, false
			}
		}
		if who == 0 {
			who = 0o777
		}
		bits := fs.FileMode(0)
		for _, letter := range clause[at+1:] {
			switch letter {
			case 'r':
				bits |= 0o444
			case 'w':
				bits |= 0o222
			case 'x':
				bits |= 0o111
			case 'X':
				if old.IsDir() || old&0o111 != 0 {
					bits |= 0o111
				}
			case 's', 't':
			default:
				return 0, false
			}
		}
		switch clause[at] {
		case '+':
			mode |= bits & who
		case '-':
			mode &^= bits & who
		case '=':
			mode = mode&^who | bits&who
		}
	}
	return mode, true
}

// walk visits a path and, if asked, all below it.
func (i *Invocation) walk(ctx context.Context, name string, recursive bool, visit func(name string, info fs.FileInfo) error) error {
	info, err := i.System.FileSystem.Lstat(i.Path(name))
	if err != nil {
		return err
	}
	if err := i.Step(ctx); err != nil {
		return err
	}
	if err := visit(name, info); err != nil {
		return err
	}
	if !recursive || !info.IsDir() {
		return nil
	}
	entries, err := i.System.FileSystem.ReadDir(i.Path(name))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := i.walk(ctx, strings.TrimSuffix(name, "/")+"/"+entry.Name(), true, visit); err != nil {
			return err
		}
	}
	return nil
}

func commandChmod(ctx context.Context, i *Invocation) int {
	recursive := false
	words := i.Args[1:]
	for len(words) > 0 && (words[0] == "-R" || words[0] == "-v" || words[0] == "-f") {
		recursive = recursive || words[0] == "-R"
		words = words[1:]
	}
	if len(words) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	code := 0
	for _, name := range words[1:] {
		err := i.walk(ctx, name, recursive, func(name string, info fs.FileInfo) error {
			mode, ok := parseMode(words[0], info.Mode())
			if !ok {
				return errInvalidMode
			}
			if info.Mode()&fs.ModeSymlink != 0 && recursive {
				return nil
			}
			return i.System.FileSystem.Chmod(i.Path(name), mode)
		})
		if errors.Is(err, errInvalidMode) {
			i.Errorf("invalid mode '%s'", words[0])
			return 1
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

var errInvalidMode = errors.New("invalid mode")

// commandChown changes nothing: everybody is root. It looks whether the files
// exist.
func commandChown(_ context.Context, i *Invocation) int {
	_, names, ok := i.parse("Rhv", nil)
	if !ok {
		return 1
	}
	if len(names) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	code := 0
	for _, name := range names[1:] {
		if _, err := i.stat(name); err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

func commandTruncate(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("s:c", map[string]byte{"size": 's', "no-create": 'c'})
	if !ok || !found.has('s') {
		return 1
	}
	size, ok := parseSize(found['s'])
	if !ok {
		i.Errorf("invalid number '%s'", found['s'])
		return 1
	}
	code := 0
	for _, name := range names {
		file, err := i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE, 0o644)
		if err == nil {
			_ = file.Close()
			err = i.System.FileSystem.Truncate(i.Path(name), size)
		}
		if err != nil {
			i.Fail(name, err)
			code = 1
		}
	}
	return code
}

// parseSize reads a number of bytes with a suffix k, m or g.
func parseSize(text string) (int64, bool) {
	text = strings.TrimSuffix(strings.ToLower(text), "b")
	unit := int64(1)
	for n, suffix := range []string{"k", "m", "g"} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text = rest
			unit = 1 << (10 * (n + 1))
		}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number > 1<<40/unit {
		return 0, false
	}
	return number * unit, true
}

func commandMktemp(_ context.Context, i *Invocation) int {
	found, names, ok := i.parse("dp:qut", nil)
	if !ok {
		return 1
	}
	template := "tmp.XXXXXX"
	if len(names) > 0 {
		template = names[0]
	}
	directory := found['p']
	if directory == "" {
		directory = "/tmp"
	}
	if len(names) == 0 || found.has('p') {
		template = strings.TrimSuffix(directory, "/") + "/" + template
	}
	base := strings.TrimRight(template, "X")
	if len(template)-len(base) < 6 {
		i.Errorf("%s: %s", template, filesystem.Text(filesystem.ErrInvalid))
		return 1
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range 100 {
		name := base
		for len(name) < len(template) {
			name += string(letters[i.System.random(len(letters))])
		}
		var err error
		if found.has('d') {
			err = i.System.FileSystem.Mkdir(i.Path(name), 0o700)
		} else {
			var file *filesystem.File
			if file, err = i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				_ = file.Close()
			}
		}
		if err == nil {
			fmt.Fprintln(i.Stdout, name)
			return 0
		}
		if !isExist(err) {
			i.Fail(name, err)
			return 1
		}
	}
	return 1
}

// maxBlock is the largest block of dd.
const maxBlock = 16 << 20

func commandDd(ctx context.Context, i *Invocation) int {
	settings := map[string]string{"bs": "512", "count": "-1"}
	for _, word := range i.Args[1:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			i.Errorf("invalid argument '%s'", word)
			return 1
		}
		settings[name] = value
	}
	size, ok := parseSize(settings["bs"])
	if !ok || size == 0 || size > maxBlock {
		i.Errorf("invalid number '%s'", settings["bs"])
		return 1
	}
	count := int64(-1)
	if settings["count"] != "-1" {
		if count, ok = parseSize(settings["count"]); !ok {
			i.Errorf("invalid number '%s'", settings["count"])
			return 1
		}
	}
	input, output := i.Stdin, i.Stdout
	if name := settings["if"]; name != "" {
		opened, err := i.open(ctx, name)
		if err != nil {
			i.cannotOpen(name, err)
			return 1
		}
		defer func() { _ = opened.Close() }()
		input = opened
	}
	if name := settings["of"]; name != "" {
		opened, err := i.System.openStream(i.files, i.Path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			i.cannotOpen(name, err)
			return 1
		}
		opened.retain()
		defer opened.release()
		output = bound{ctx, i.task, opened}
	}
	block := make([]byte, size)
	total, whole, part, code := int64(0), 0, 0, 0
	for n := int64(0); count < 0 || n < count; n++ {
		read, err := io.ReadFull(input, block)
		if read > 0 {
			if int64(read) == size {
				whole++
			} else {
				part++
			}
			written, err := output.Write(block[:read])
			total += int64(written)
			if err != nil {
				if ctx.Err() != nil {
					return ending(ctx)
				}
				name := settings["of"]
				if name == "" {
					name = "standard output"
				}
				i.Errorf("error writing '%s': %s", name, filesystem.Text(err))
				code = 1
				break
			}
		}
		if err != nil {
			break
		}
		if i.Step(ctx) != nil {
			return ending(ctx)
		}
	}
	fmt.Fprintf(i.Stderr, "%d+%d records in\n%d+%d records out\n%d bytes copied\n", whole, part, whole, part, total)
	return code
}
