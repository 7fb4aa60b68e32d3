package node

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path"
	"slices"
	"time"

	"tabernetes/engine/userland/filesystem"
)

// MaxKeptBytes bounds the contents of the files that are kept of one machine's
// disk. Of more, the last files, by path, are left out.
const MaxKeptBytes = 1 << 20

// Disks are the contents of the machines' disks, by the names of the machines:
// volumes of the kinds hostPath and local, and those that are provisioned. What
// each machine has by itself is not among them.
type Disks map[string][]KeptFile

// KeptFile is a file, a directory or a symbolic link of a disk.
type KeptFile struct {
	Path     string      `json:"path"`
	Mode     fs.FileMode `json:"mode"`
	Modified time.Time   `json:"modified"`
	Data     []byte      `json:"data,omitempty"`
	Target   string      `json:"target,omitempty"`
}

// DecodeDisks reads what Encode wrote; nothing is no disks.
func DecodeDisks(encoded []byte) (Disks, error) {
	if len(encoded) == 0 {
		return nil, nil
	}
	var disks Disks
	if err := json.Unmarshal(encoded, &disks); err != nil {
		return nil, fmt.Errorf("read the machines' disks: %w", err)
	}
	return disks, nil
}

// Encode writes the contents as JSON.
func (d Disks) Encode() ([]byte, error) { return json.Marshal(d) }

// Disks returns the contents of all disks.
func (f *Fleet) Disks() Disks {
	disks := Disks{}
	f.eachDisk(func(name string, disk *filesystem.FileSystem) {
		var kept []KeptFile
		left := int64(MaxKeptBytes)
		walkDisk(disk, "/", func(at string, info fs.FileInfo) {
			file := KeptFile{Path: at, Mode: info.Mode(), Modified: info.ModTime().UTC()}
			var err error
			switch {
			case info.Mode().IsRegular():
				if left -= info.Size(); left < 0 {
					return
				}
				file.Data, err = disk.ReadFile(at)
			case info.Mode().Type() == fs.ModeSymlink:
				file.Target, err = disk.Readlink(at)
			}
			if err == nil { // else it was removed a moment ago
				kept = append(kept, file)
			}
		})
		if len(kept) > 0 {
			disks[name] = kept
		}
	})
	return disks
}

// DiskState returns a number that is another one when the disks have changed. It
// reads no contents.
func (f *Fleet) DiskState() uint64 {
	state := fnv.New64a()
	f.eachDisk(func(name string, disk *filesystem.FileSystem) {
		walkDisk(disk, "/", func(at string, info fs.FileInfo) {
			fmt.Fprintln(state, name, at, info.Mode(), info.Size(), info.ModTime().UnixNano())
		})
	})
	return state.Sum64()
}

// eachDisk calls do for each machine that is there, in the order of names.
func (f *Fleet) eachDisk(do func(name string, disk *filesystem.FileSystem)) {
	f.roster.mu.Lock()
	machines := make([]*machine, 0, len(f.roster.machines))
	for _, m := range f.roster.machines {
		machines = append(machines, m)
	}
	f.roster.mu.Unlock()
	slices.SortFunc(machines, func(a, b *machine) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	for _, m := range machines {
		do(m.name, m.disk)
	}
}

// walkDisk visits what is not on every machine, directories before their contents.
func walkDisk(disk *filesystem.FileSystem, directory string, visit func(at string, info fs.FileInfo)) {
	entries, err := disk.ReadDir(directory)
	if err != nil {
		return
	}
	for _, entry := range entries {
		at := path.Join(directory, entry.Name())
		info, err := disk.Lstat(at)
		if err != nil {
			continue
		}
		if !isOwn(at) {
			visit(at, info)
		}
		if info.IsDir() {
			walkDisk(disk, at, visit)
		}
	}
}

// restoreDisk gives a disk the kept files. A file that is there keeps its identity,
// so that it stays open to who has opened it.
func restoreDisk(disk *filesystem.FileSystem, kept []KeptFile) {
	for _, file := range kept {
		var err error
		switch file.Mode.Type() {
		case fs.ModeDir:
			err = disk.MkdirAll(file.Path, file.Mode.Perm())
		case fs.ModeSymlink:
			// Links have neither mode nor time of their own.
			_ = disk.Symlink(file.Target, file.Path)
			continue
		case 0:
			err = disk.WriteFile(file.Path, file.Data, file.Mode.Perm())
		default:
			continue
		}
		if err == nil {
			_ = disk.Chmod(file.Path, file.Mode)
			_ = disk.Chtimes(file.Path, file.Modified)
		}
	}
	// The times of directories have changed with what was put into them.
	for _, file := range kept {
		if file.Mode.IsDir() {
			_ = disk.Chtimes(file.Path, file.Modified)
		}
	}
}
