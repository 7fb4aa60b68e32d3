package volume

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"strconv"
	"strings"

	volumeutil "k8s.io/kubernetes/pkg/volume/util"

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
	if v.projected != nil && v.projected.equal(files) {
		return nil
	}
	old, _ := v.disk.Readlink("/" + dataDirectory)
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
		if err := v.write(at, name, files[name].Data, mode); err != nil {
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
	v.projected = files
	if old != "" {
		return v.disk.RemoveAll("/" + old)
	}
	return nil
}

// write writes a file; that of a token, which is not signed before somebody wants it,
// when it is first read.
func (v *volume) write(at, name string, data []byte, mode fs.FileMode) error {
	if token, ok := v.tokens[name]; ok && token.isIn(data) {
		return v.disk.WriteFileLater(at, mode, token.text)
	}
	return v.disk.WriteFile(at, data, mode)
}

// equal reports whether two payloads have the same files.
func (s payload) equal(other payload) bool {
	return maps.EqualFunc(s, other, func(one, another volumeutil.FileProjection) bool {
		return bytes.Equal(one.Data, another.Data)
	})
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
