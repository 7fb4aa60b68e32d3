package volume

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// The names that upstream's atomic writer (pkg/volume/util/atomic_writer.go)
// uses in a volume.
const (
	dataDirectory    = "..data"
	newDataDirectory = "..data_tmp"
	timestampFormat  = "..2006_01_02_15_04_05."
)

// project writes files into the volume like upstream's atomic writer: they are in
// a directory with a time stamp in its name, ..data links to that directory, and
// the names that users see link into ..data. An update makes a new directory and
// changes only the link ..data, so readers see all of it or nothing; a mount with
// a subPath keeps the old file.
func (s *Set) project(v *volume, files payload) error {
	if v.disk == nil {
		v.disk, v.readOnly = filesystem.New(filesystem.Options{Memory: v.source.Secret != nil || v.source.Projected != nil}), true
	}
	old, _ := v.disk.Readlink("/" + dataDirectory)
	if old != "" && v.holds(old, files) {
		return nil
	}
	directory := s.scope.Now().UTC().Format(timestampFormat) + strconv.FormatUint(uint64(s.vary.Random.Uint32()), 10)
	if err := v.disk.Mkdir("/"+directory, 0o755); err != nil {
		return err
	}
	for _, name := range files.paths() {
		at := path.Join("/", directory, name)
		if err := v.disk.MkdirAll(path.Dir(at), 0o755); err != nil {
			return err
		}
		mode := fs.FileMode(files[name].Mode)
		if err := v.disk.WriteFile(at, files[name].Data, mode); err != nil {
			return err
		}
		if err := v.disk.Chmod(at, mode); err != nil {
			return err
		}
		if user := files[name].FsUser; user != nil {
			if err := v.disk.Chown(at, int(*user), filesystem.Unchanged); err != nil {
				return err
			}
		}
	}
	if group := s.fsGroup(); group != nil {
		if err := giveToGroup(v.disk, "/"+directory, int(*group), readOnlyMask); err != nil {
			return err
		}
	}
	if err := v.disk.Symlink(directory, "/"+newDataDirectory); err != nil {
		return err
	}
	if err := v.disk.Rename("/"+newDataDirectory, "/"+dataDirectory); err != nil {
		return err
	}
	if err := v.showFiles(files); err != nil {
		return err
	}
	if old != "" {
		return v.disk.RemoveAll("/" + old)
	}
	return nil
}

// holds reports whether the files are the same as those in a directory.
func (v *volume) holds(directory string, files payload) bool {
	count := 0
	for name, file := range files {
		data, err := v.disk.ReadFile(path.Join("/", directory, name))
		if err != nil || !bytes.Equal(data, file.Data) {
			return false
		}
		count++
	}
	return count == v.count("/"+directory)
}

// count returns how many files are below a directory.
func (v *volume) count(directory string) int {
	entries, _ := v.disk.ReadDir(directory)
	count := 0
	for _, entry := range entries {
		if entry.IsDir() {
			count += v.count(path.Join(directory, entry.Name()))
			continue
		}
		count++
	}
	return count
}

// showFiles makes the links that users see, and removes those whose files are
// gone.
func (v *volume) showFiles(files payload) error {
	visible := map[string]bool{}
	for _, name := range files.paths() {
		first, _, _ := strings.Cut(path.Clean(name), "/")
		if visible[first] {
			continue
		}
		visible[first] = true
		if _, err := v.disk.Lstat("/" + first); err == nil {
			continue
		}
		if err := v.disk.Symlink(path.Join(dataDirectory, first), "/"+first); err != nil {
			return err
		}
	}
	entries, err := v.disk.ReadDir("/")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "..") || visible[entry.Name()] {
			continue
		}
		if err := v.disk.Remove("/" + entry.Name()); err != nil {
			return err
		}
	}
	return nil
}
