package filesystem

import (
	"io/fs"
	"strings"
)

// maxSymlinks is how many symbolic links one path may lead through (MAXSYMLINKS
// of Linux).
const maxSymlinks = 40

// place is a node where it is seen: in which tree, and whether through a
// read-only mount.
type place struct {
	tree     *FileSystem
	node     *node
	readOnly bool
}

// found is where a path leads. node is nil when the last component does not
// exist; its directory does then.
type found struct {
	place
	directory place  // the directory that has, or would have, the last component
	base      string // the last component; "" for the root
	path      string // the path without links, ".." and "."
	user      *Credentials
}

// across gives the root of what is mounted on a node, or the node.
func (f *FileSystem) across(p place) place {
	f.mountsMu.RLock()
	defer f.mountsMu.RUnlock()
	for {
		mounted, ok := f.mounts[p.node]
		if !ok {
			return p
		}
		p = mounted
	}
}

func split(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
}

// walk resolves a path; follow says whether a symbolic link at its end is
// followed.
func (f *FileSystem) walk(name string, follow bool) (found, error) {
	if name == "" {
		return found{}, ErrNotExist
	}
	if len(name) >= maxPath {
		return found{}, ErrNameTooLong
	}
	pending := split(name)
	mustBeDirectory := strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/.")
	here := f.across(place{tree: f, node: f.root})
	result := found{place: here, directory: here, path: "/", user: f.user}
	type step struct {
		place place
		name  string
	}
	var stack []step // the directories above here
	links := 0
	for len(pending) > 0 {
		component := pending[0]
		pending = pending[1:]
		if !result.isDirectory() {
			return found{}, ErrNotDirectory
		}
		switch component {
		case ".":
			continue
		case "..":
			if len(stack) > 0 {
				result.place = stack[len(stack)-1].place
				stack = stack[:len(stack)-1]
			}
			continue
		}
		if len(component) > maxName {
			return found{}, ErrNameTooLong
		}
		directory := result.place
		child, target, err := directory.lookup(component, f.user)
		if err != nil {
			return found{}, err
		}
		if child == nil {
			if len(pending) > 0 {
				return found{}, ErrNotExist
			}
			missing := found{directory: directory, base: component, user: f.user}
			missing.path = joined(stack, func(s step) string { return s.name }, component)
			missing.place = place{tree: directory.tree, readOnly: directory.readOnly}
			return missing, nil
		}
		if target != "" && (follow || len(pending) > 0 || mustBeDirectory) {
			links++
			if links > maxSymlinks {
				return found{}, ErrTooManyLinks
			}
			if strings.HasPrefix(target, "/") {
				result.place = f.across(place{tree: f, node: f.root})
				stack = nil
			}
			pending = append(split(target), pending...)
			if strings.HasSuffix(target, "/") && len(pending) == len(split(target)) {
				mustBeDirectory = true
			}
			continue
		}
		stack = append(stack, step{directory, component})
		result.place = f.across(place{tree: directory.tree, node: child, readOnly: directory.readOnly})
	}
	if mustBeDirectory && !result.isDirectory() {
		return found{}, ErrNotDirectory
	}
	if len(stack) > 0 {
		last := stack[len(stack)-1]
		result.directory, result.base = last.place, last.name
		result.path = joined(stack[:len(stack)-1], func(s step) string { return s.name }, last.name)
	} else {
		result.directory, result.base, result.path = result.place, "", "/"
	}
	return result, nil
}

func joined[S any](stack []S, name func(S) string, last string) string {
	var path strings.Builder
	for _, step := range stack {
		path.WriteString("/" + name(step))
	}
	path.WriteString("/" + last)
	return path.String()
}

func (p place) isDirectory() bool {
	p.tree.mu.Lock()
	defer p.tree.mu.Unlock()
	return p.node != nil && p.node.mode.IsDir()
}

// lookup gives an entry of a directory, and the target when it is a symbolic
// link. The user must be allowed to search the directory.
func (p place) lookup(name string, user *Credentials) (child *node, target string, err error) {
	p.tree.mu.Lock()
	defer p.tree.mu.Unlock()
	if !user.may(p.node, maySearch) {
		return nil, "", ErrPermission
	}
	child = p.node.children[name]
	if child != nil && child.mode&fs.ModeSymlink != 0 {
		target = child.target
	}
	return child, target, nil
}

// existing resolves a path that has to lead to something.
func (f *FileSystem) existing(name string, follow bool) (found, error) {
	where, err := f.walk(name, follow)
	if err == nil && where.node == nil {
		err = ErrNotExist
	}
	return where, err
}

// RealPath is the absolute path without symbolic links of what name leads to.
func (f *FileSystem) RealPath(name string) (string, error) {
	where, err := f.existing(name, true)
	if err != nil {
		return "", pathError("realpath", name, err)
	}
	return where.path, nil
}
