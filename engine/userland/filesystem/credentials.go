package filesystem

import (
	"io/fs"
	"slices"
)

// Credentials decide what a process may do with files and whose its new files
// are, as in credentials(7). The zero value is root.
type Credentials struct {
	UID, GID int
	// Groups are the supplementary groups.
	Groups []int
}

// Become gives everything that is done through this FileSystem from now on to the
// user. Other holders of what is mounted in it keep their own user. It must be
// called before the FileSystem is shared.
func (f *FileSystem) Become(user Credentials) { f.user = &user }

// The bits of one class of users in a mode.
const (
	mayRead    fs.FileMode = 0o4
	mayWrite   fs.FileMode = 0o2
	maySearch  fs.FileMode = 0o1 // of a directory
	mayExecute             = maySearch
)

func (c *Credentials) isRoot() bool { return c.UID == 0 }

func (c *Credentials) isMember(group int) bool {
	return c.GID == group || slices.Contains(c.Groups, group)
}

// may says whether the mode of n permits everything that is wanted. Root may
// always read, write and search (CAP_DAC_OVERRIDE), and executes what somebody
// may. Called with mu of the tree held.
func (c *Credentials) may(n *node, wanted fs.FileMode) bool {
	if c.isRoot() {
		return wanted&mayExecute == 0 || n.mode.IsDir() || n.mode&0o111 != 0
	}
	class := n.mode
	switch {
	case n.uid == c.UID:
		class >>= 6
	case c.isMember(n.gid):
		class >>= 3
	}
	return class&wanted == wanted
}

// permits is may of what is at a place.
func (p place) permits(user *Credentials, wanted fs.FileMode) bool {
	p.tree.mu.Lock()
	defer p.tree.mu.Unlock()
	return user.may(p.node, wanted)
}

// mayRemove says whether a name of n may be taken out of a directory: in one with
// the sticky bit only by an owner of either. Called with mu of the tree held.
func (c *Credentials) mayRemove(directory, n *node) error {
	if !c.may(directory, mayWrite|maySearch) {
		return ErrPermission
	}
	if directory.mode&fs.ModeSticky != 0 && !c.isRoot() && c.UID != n.uid && c.UID != directory.uid {
		return ErrNotPermitted
	}
	return nil
}

// own makes n the user's, as a new file in a directory: one with the set-group-ID
// bit passes on its group, and the bit to directories.
func (c *Credentials) own(n, directory *node) {
	n.uid, n.gid = c.UID, c.GID
	if directory.mode&fs.ModeSetgid != 0 {
		n.gid = directory.gid
		if n.mode.IsDir() {
			n.mode |= fs.ModeSetgid
		}
	}
}

// Access says whether the user may do with a file what the bits of wanted, of 0 to
// 7, stand for, as access(2) does.
func (f *FileSystem) Access(name string, wanted fs.FileMode) error {
	where, err := f.existing(name, true)
	if err == nil && wanted&mayWrite != 0 && where.readOnly && where.node.device == nil {
		err = ErrReadOnly
	}
	if err == nil && !where.permits(f.user, wanted) {
		err = ErrPermission
	}
	if err != nil {
		return pathError("access", name, err)
	}
	return nil
}

// Unchanged stands for an owner or a group that Chown leaves as it is.
const Unchanged = -1

// Chown sets the owner and the group of what a path leads to. Only root gives a
// file to another user; an owner may give it to a group of their own. The
// set-user-ID and set-group-ID bits of a file go.
func (f *FileSystem) Chown(name string, uid, gid int) error { return f.chown(name, uid, gid, true) }

// Lchown is Chown for a symbolic link itself.
func (f *FileSystem) Lchown(name string, uid, gid int) error { return f.chown(name, uid, gid, false) }

func (f *FileSystem) chown(name string, uid, gid int, follow bool) error {
	return f.change("chown", name, follow, func(_ *FileSystem, n *node) error {
		ownGroup := n.uid == f.user.UID && (gid == Unchanged || f.user.isMember(gid))
		if !f.user.isRoot() && (uid != Unchanged && uid != n.uid || !ownGroup) {
			return ErrNotPermitted
		}
		if uid != Unchanged {
			n.uid = uid
		}
		if gid != Unchanged {
			n.gid = gid
		}
		if !n.mode.IsDir() {
			n.mode &^= fs.ModeSetuid | fs.ModeSetgid
		}
		return nil
	})
}
