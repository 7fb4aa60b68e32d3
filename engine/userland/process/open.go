package process

import (
	"path"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// Open opens a file by its absolute path, or one of the names under /dev and
// /proc that stand for a descriptor of the process, or of process 1. flag is
// os.OpenFile's; a new file has mode 0644. The stream has no user yet.
func (s *System) Open(files Descriptors, name string, flag int) (*Stream, error) {
	for range 2 { // /var/log/nginx/access.log is a link to /dev/stdout
		switch clean := path.Clean(name); clean {
		case "/dev/stdin", "/dev/stdout", "/dev/stderr":
			return files.opened(map[string]int{"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}[clean])
		default:
			for _, directory := range []string{"/dev/fd/", "/proc/self/fd/"} {
				if text, ok := strings.CutPrefix(clean, directory); ok {
					if number, err := strconv.Atoi(text); err == nil {
						return files.opened(number)
					}
				}
			}
			if text, ok := strings.CutPrefix(clean, "/proc/1/fd/"); ok {
				return s.descriptorOfFirst(text)
			}
		}
		target, err := s.FileSystem.Readlink(name)
		if err != nil {
			break
		}
		name = Absolute(path.Dir(name), target)
	}
	if path.Clean(name) == "/dev/null" { // also where nobody made the device
		return nullStream(), nil
	}
	file, err := s.FileSystem.OpenFile(name, flag, 0o644)
	if err != nil {
		return nil, err
	}
	return fileStream(file), nil
}

func (s *System) descriptorOfFirst(text string) (*Stream, error) {
	number, err := strconv.Atoi(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.tasks[1]
	if err != nil || first == nil || number < 0 || number >= len(first.standard) || first.standard[number] == nil {
		return nil, filesystem.ErrNotExist
	}
	return first.standard[number], nil
}
