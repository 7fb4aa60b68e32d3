package filesystem

import (
	"errors"
	"io/fs"
	"path"
	"time"
)

// Info is what FileInfo.Sys gives: what stat(2) says beyond fs.FileInfo.
type Info struct {
	// Inode is unique within a FileSystem, and Device tells FileSystems apart.
	Inode  uint64
	Device *FileSystem
	// Links is the number of names of a file; of a directory 2 and one for each
	// directory inside.
	Links int
	// UID and GID are the owner and the group.
	UID, GID int
	// Target is where a symbolic link leads.
	Target string
}

type info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
	system   *Info
	// pending is a file whose contents have not been made yet, and so have no size.
	pending place
}

func (i info) Name() string       { return i.name }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.modified }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return i.system }

// Size makes the contents of a file that was written by WriteFileLater.
func (i info) Size() int64 {
	if i.pending.node == nil {
		return i.size
	}
	return i.pending.makeContent()
}

// describe is called with mu of the tree held.
func describe(name string, tree *FileSystem, n *node) fs.FileInfo {
	described := info{name: name, mode: n.mode, modified: n.modified}
	described.system = &Info{Inode: n.inode, Device: tree, Links: n.links, UID: n.uid, GID: n.gid, Target: n.target}
	switch {
	case n.mode.IsRegular():
		described.size = int64(len(n.data))
		if n.content != nil {
			described.pending = place{tree: tree, node: n}
		}
	case n.mode.IsDir():
		described.size = 4096
		described.system.Links = 2
		for _, child := range n.children {
			if child.mode.IsDir() {
				described.system.Links++
			}
		}
	case n.mode&fs.ModeSymlink != 0:
		described.size = int64(len(n.target))
	}
	return described
}

// SameFile says whether two descriptions are of one file, as os.SameFile does.
func SameFile(a, b fs.FileInfo) bool {
	first, ok := a.Sys().(*Info)
	second, both := b.Sys().(*Info)
	return ok && both && first.Inode == second.Inode && first.Device == second.Device
}

func baseOf(name string) string {
	if name == "" {
		return "."
	}
	return path.Base(name)
}

func errorIs(err error, number Errno) bool { return errors.Is(err, number) }
