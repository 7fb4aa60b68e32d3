package process

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// binDirectories are the directories in which the programs of Commands are
// found, although there are no files for them.
var binDirectories = []string{"/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"}

// DefaultPath is the PATH of a process whose environment has none.
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Program is a program that was found: one of Commands, or a script.
type Program struct {
	// Path is the program's path.
	Path string

	command Command // nil for a script
}

// LookPath finds the program that would run for name, and returns its path. Its
// errors read like a container runtime's:
//
//	exec: "foo": executable file not found in $PATH
//	exec: "/foo": stat /foo: no such file or directory
//	exec: "/foo": permission denied
func (s *System) LookPath(name, dir string, env []string) (string, error) {
	list := DefaultPath
	for _, pair := range env {
		if value, ok := strings.CutPrefix(pair, "PATH="); ok {
			list = value
		}
	}
	found, err := s.Find(name, dir, list)
	switch {
	case err == nil:
		return found.Path, nil
	case !strings.Contains(name, "/"):
		return "", fmt.Errorf("exec: %q: executable file not found in $PATH", name)
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("exec: %q: stat %s: no such file or directory", name, name)
	default:
		return "", fmt.Errorf("exec: %q: %w", name, err)
	}
}

// Find finds a program by its path, or by its name in the directories of list,
// which are separated by colons. dir is the working directory. Its errors are the
// filesystem's.
func (s *System) Find(name, dir, list string) (Program, error) {
	if name == "" {
		return Program{}, filesystem.ErrNotExist
	}
	if strings.Contains(name, "/") {
		return s.lookFile(Absolute(dir, name))
	}
	failure := error(filesystem.ErrNotExist)
	home := "" // where a program without a file is said to be
	for _, directory := range strings.Split(list, ":") {
		directory = path.Clean(Absolute(dir, directory))
		file := path.Join(directory, name)
		if _, err := s.FileSystem.Stat(file); err != nil {
			if slices.Contains(binDirectories, directory) && (home == "" || directory == "/bin") {
				home = directory
			}
			continue
		}
		found, err := s.lookFile(file)
		if err == nil {
			return found, nil
		}
		failure = err
	}
	if command := s.Commands[name]; command != nil && home != "" {
		return Program{Path: path.Join(home, name), command: command}, nil
	}
	return Program{}, failure
}

// Find is System.Find for the process: with Process.Missing every program is there.
func (t *Task) Find(name, dir, list string) (Program, error) {
	found, err := t.system.Find(name, dir, list)
	if errors.Is(err, fs.ErrNotExist) && t.missing != nil {
		return Program{Path: name, command: t.missing}, nil
	}
	return found, err
}

func (s *System) lookFile(name string) (Program, error) {
	info, err := s.FileSystem.Stat(name)
	if err != nil {
		// A link to a program that has no file.
		if target, broken := s.FileSystem.Readlink(name); broken == nil {
			name = Absolute(path.Dir(name), target)
		}
		if command := s.Commands[path.Base(name)]; command != nil && slices.Contains(binDirectories, path.Dir(name)) {
			return Program{Path: name, command: command}, nil
		}
		if errors.Is(err, filesystem.ErrNotDirectory) {
			return Program{}, filesystem.ErrNotDirectory
		}
		return Program{}, filesystem.ErrNotExist
	}
	if info.IsDir() || info.Mode().Perm()&0o111 == 0 {
		return Program{}, filesystem.ErrPermission
	}
	return Program{Path: name}, nil
}

// Absolute joins a path to the working directory.
func Absolute(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	if dir == "" {
		dir = "/"
	}
	if name == "" {
		return dir
	}
	return strings.TrimSuffix(dir, "/") + "/" + name
}
