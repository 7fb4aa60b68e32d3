package shell

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
)

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
