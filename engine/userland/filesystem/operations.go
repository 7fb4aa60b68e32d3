package filesystem

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// permissions are the mode bits that a caller may set.
const permissions = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// insert makes a new node in a directory.
func (w found) insert(mode fs.FileMode, fill func(*node)) (*node, error) {
	if w.directory.readOnly {
		return nil, ErrReadOnly
	}
	tree := w.directory.tree
	tree.mu.Lock()
	defer tree.mu.Unlock()
	if w.directory.node.links == 0 {
		return nil, ErrNotExist
	}
	if w.directory.node.children[w.base] != nil {
		return nil, ErrExist
	}
	if !w.user.may(w.directory.node, mayWrite|maySearch) {
		return nil, ErrPermission
	}
	n, err := tree.newNode(mode)
	if err != nil {
		return nil, err
	}
	w.user.own(n, w.directory.node)
	if fill != nil {
		fill(n)
	}
	n.links = 1
	w.directory.node.children[w.base] = n
	w.directory.node.modified = n.modified
	return n, nil
}

// Mkdir makes a directory.
func (f *FileSystem) Mkdir(name string, mode fs.FileMode) error {
	trimmed := strings.TrimRight(name, "/")
	if trimmed == "" && name != "" {
		trimmed = "/"
	}
	where, err := f.walk(trimmed, false)
	if err == nil && where.node != nil {
		err = ErrExist
	}
	if err == nil {
		_, err = where.insert(fs.ModeDir|mode&permissions, nil)
	}
	if err != nil {
		return pathError("mkdir", name, err)
	}
	return nil
}

// MkdirAll makes a directory and those above it that are missing.
func (f *FileSystem) MkdirAll(name string, mode fs.FileMode) error {
	current := ""
	for _, component := range split(name) {
		current += "/" + component
		if info, err := f.Stat(current); err == nil {
			if !info.IsDir() {
				return pathError("mkdir", current, ErrNotDirectory)
			}
			continue
		}
		if err := f.Mkdir(current, mode); err != nil {
			if info, statErr := f.Stat(current); statErr == nil && info.IsDir() {
				continue // made by somebody else meanwhile
			}
			return err
		}
	}
	return nil
}

// Symlink makes name a symbolic link to target, which need not exist.
func (f *FileSystem) Symlink(target, name string) error {
	where, err := f.walk(name, false)
	switch {
	case err != nil:
	case target == "":
		err = ErrNotExist
	case len(target) >= maxPath:
		err = ErrNameTooLong
	case where.node != nil:
		err = ErrExist
	default:
		_, err = where.insert(fs.ModeSymlink|0o777, func(n *node) { n.target = target })
	}
	if err != nil {
		return &LinkError{Op: "symlink", Old: target, New: name, Err: err}
	}
	return nil
}

// Readlink is the target of a symbolic link.
func (f *FileSystem) Readlink(name string) (string, error) {
	where, err := f.existing(name, false)
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	where.tree.mu.Lock()
	defer where.tree.mu.Unlock()
	if where.node.mode&fs.ModeSymlink == 0 {
		return "", pathError("readlink", name, ErrInvalid)
	}
	return where.node.target, nil
}

// Link makes a second name for a file.
func (f *FileSystem) Link(old, name string) error {
	if err := f.link(old, name); err != nil {
		return &LinkError{Op: "link", Old: old, New: name, Err: err}
	}
	return nil
}

func (f *FileSystem) link(old, name string) error {
	source, err := f.existing(old, false)
	if err != nil {
		return err
	}
	target, err := f.walk(name, false)
	switch {
	case err != nil:
		return err
	case target.node != nil:
		return ErrExist
	case source.tree != target.directory.tree:
		return ErrCrossDevice
	case target.directory.readOnly:
		return ErrReadOnly
	}
	tree := source.tree
	tree.mu.Lock()
	defer tree.mu.Unlock()
	switch {
	case source.node.mode.IsDir():
		return ErrNotPermitted
	case source.node.links == 0 || target.directory.node.links == 0:
		return ErrNotExist
	case target.directory.node.children[target.base] != nil:
		return ErrExist
	case !f.user.may(target.directory.node, mayWrite|maySearch):
		return ErrPermission
	}
	source.node.links++
	target.directory.node.children[target.base] = source.node
	target.directory.node.modified = time.Now()
	return nil
}

// Remove removes a file, a link or an empty directory.
func (f *FileSystem) Remove(name string) error {
	if err := f.remove(name); err != nil {
		return pathError("remove", name, err)
	}
	return nil
}

func (f *FileSystem) remove(name string) error {
	where, err := f.existing(name, false)
	switch {
	case err != nil:
		return err
	case path.Base(name) == ".":
		return ErrInvalid
	case where.base == "" || f.isMountPoint(where.node):
		return ErrBusy
	case where.directory.readOnly:
		return ErrReadOnly
	}
	tree := where.directory.tree
	tree.mu.Lock()
	defer tree.mu.Unlock()
	n := where.directory.node.children[where.base]
	switch {
	case n == nil:
		return ErrNotExist
	case n.mode.IsDir() && len(n.children) > 0:
		return ErrNotEmpty
	}
	if err := f.user.mayRemove(where.directory.node, n); err != nil {
		return err
	}
	delete(where.directory.node.children, where.base)
	where.directory.node.modified = time.Now()
	tree.unlink(n)
	return nil
}

// RemoveAll removes what a path leads to with everything below it. A path that
// leads nowhere is no error.
func (f *FileSystem) RemoveAll(name string) error {
	info, err := f.Lstat(name)
	if err != nil {
		if errorIs(err, ErrNotExist) {
			return nil
		}
		return err
	}
	if info.IsDir() {
		entries, err := f.ReadDir(name)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := f.RemoveAll(path.Join(name, entry.Name())); err != nil {
				return err
			}
		}
	}
	return f.Remove(name)
}

// Rename moves a file or directory, and replaces a file or an empty directory
// that has the new name.
func (f *FileSystem) Rename(old, name string) error {
	if err := f.rename(old, name); err != nil {
		return &LinkError{Op: "rename", Old: old, New: name, Err: err}
	}
	return nil
}

func (f *FileSystem) rename(old, name string) error {
	source, err := f.existing(strings.TrimRight(old, "/"), false)
	if err != nil {
		return err
	}
	target, err := f.walk(strings.TrimRight(name, "/"), false)
	switch {
	case err != nil:
		return err
	case source.base == "" || target.base == "" || f.isMountPoint(source.node) || target.node != nil && f.isMountPoint(target.node):
		return ErrBusy
	case source.directory.tree != target.directory.tree:
		return ErrCrossDevice
	case source.directory.readOnly || target.directory.readOnly:
		return ErrReadOnly
	}
	tree := source.directory.tree
	tree.mu.Lock()
	defer tree.mu.Unlock()
	from, to := source.directory.node, target.directory.node
	moved := from.children[source.base]
	if moved == nil || to.links == 0 {
		return ErrNotExist
	}
	if replaced := to.children[target.base]; replaced != nil {
		switch {
		case replaced == moved:
			return nil
		case moved.mode.IsDir() && !replaced.mode.IsDir():
			return ErrNotDirectory
		case !moved.mode.IsDir() && replaced.mode.IsDir():
			return ErrIsDirectory
		case len(replaced.children) > 0:
			return ErrNotEmpty
		}
	}
	if moved.mode.IsDir() && contains(moved, to) {
		return ErrInvalid
	}
	if err := f.user.mayRemove(from, moved); err != nil {
		return err
	}
	if !f.user.may(to, mayWrite|maySearch) {
		return ErrPermission
	}
	if replaced := to.children[target.base]; replaced != nil {
		if err := f.user.mayRemove(to, replaced); err != nil {
			return err
		}
		tree.unlink(replaced)
	}
	delete(from.children, source.base)
	to.children[target.base] = moved
	from.modified = time.Now()
	to.modified = from.modified
	return nil
}

// contains says whether a directory is another or above it.
func contains(above, below *node) bool {
	if above == below {
		return true
	}
	for _, child := range above.children {
		if child.mode.IsDir() && contains(child, below) {
			return true
		}
	}
	return false
}

// change alters what a path leads to.
func (f *FileSystem) change(op, name string, follow bool, alter func(*FileSystem, *node) error) error {
	where, err := f.existing(name, follow)
	if err == nil && where.readOnly {
		err = ErrReadOnly
	}
	if err == nil {
		where.tree.mu.Lock()
		err = alter(where.tree, where.node)
		where.tree.mu.Unlock()
	}
	if err != nil {
		return pathError(op, name, err)
	}
	return nil
}

// Chmod sets the permission bits. Only the owner and root may.
func (f *FileSystem) Chmod(name string, mode fs.FileMode) error {
	return f.change("chmod", name, true, func(_ *FileSystem, n *node) error {
		if !f.user.isRoot() && f.user.UID != n.uid {
			return ErrNotPermitted
		}
		n.mode = n.mode&^permissions | mode&permissions
		return nil
	})
}

// Chtimes sets the time of the last change. Only the owner, root and who may write
// to it may.
func (f *FileSystem) Chtimes(name string, modified time.Time) error {
	return f.change("chtimes", name, true, func(_ *FileSystem, n *node) error {
		if f.user.UID != n.uid && !f.user.may(n, mayWrite) {
			return ErrPermission
		}
		n.modified = modified
		return nil
	})
}

// Truncate makes a file size bytes long; new bytes are zero.
func (f *FileSystem) Truncate(name string, size int64) error {
	if where, err := f.existing(name, true); err == nil {
		where.makeContent()
	}
	return f.change("truncate", name, true, func(tree *FileSystem, n *node) error {
		if n.mode.IsDir() {
			return ErrIsDirectory
		}
		if !n.mode.IsRegular() {
			return ErrInvalid
		}
		if !f.user.may(n, mayWrite) {
			return ErrPermission
		}
		n.modified = time.Now()
		return tree.resize(n, size)
	})
}

// Stat describes what a path leads to.
func (f *FileSystem) Stat(name string) (fs.FileInfo, error) { return f.stat("stat", name, true) }

// Lstat describes what a path leads to, a symbolic link itself instead of its
// target.
func (f *FileSystem) Lstat(name string) (fs.FileInfo, error) { return f.stat("lstat", name, false) }

func (f *FileSystem) stat(op, name string, follow bool) (fs.FileInfo, error) {
	where, err := f.existing(name, follow)
	if err != nil {
		return nil, pathError(op, name, err)
	}
	base := where.base
	if base == "" {
		base = "/"
	}
	where.tree.mu.Lock()
	defer where.tree.mu.Unlock()
	return describe(base, where.tree, where.node), nil
}

// ReadDir lists a directory by name. What is mounted inside is listed as itself.
func (f *FileSystem) ReadDir(name string) ([]fs.DirEntry, error) {
	where, err := f.existing(name, true)
	if err == nil && !where.isDirectory() {
		err = ErrNotDirectory
	}
	if err == nil && !where.permits(f.user, mayRead) {
		err = ErrPermission
	}
	if err != nil {
		return nil, pathError("open", name, err)
	}
	return f.entries(where.place), nil
}

func (f *FileSystem) entries(directory place) []fs.DirEntry {
	directory.tree.mu.Lock()
	children := maps.Clone(directory.node.children)
	directory.tree.mu.Unlock()
	names := slices.Sorted(maps.Keys(children))
	entries := make([]fs.DirEntry, 0, len(names))
	for _, name := range names {
		seen := f.across(place{tree: directory.tree, node: children[name], readOnly: directory.readOnly})
		seen.tree.mu.Lock()
		entries = append(entries, fs.FileInfoToDirEntry(describe(name, seen.tree, seen.node)))
		seen.tree.mu.Unlock()
	}
	return entries
}
