package filesystem

// MountOptions say how a FileSystem is mounted.
type MountOptions struct {
	// ReadOnly makes changes through this mount fail with ErrReadOnly.
	ReadOnly bool
	// From is the path inside the mounted FileSystem that appears at the mount
	// point, as with a volume mount's subPath; a directory or a file. The root
	// when empty. What it leads to now stays mounted, also when its name is
	// removed or replaced.
	From string
}

// Mount makes what other holds appear at a path. The mount point must exist and
// must be a directory if that which is mounted is one, a file if it is not; its
// own contents are hidden until UnmountAll. Mounting twice at a path hides the
// first mount.
func (f *FileSystem) Mount(name string, other *FileSystem, options MountOptions) error {
	from := options.From
	if from == "" {
		from = "/"
	}
	source, err := other.existing(from, true)
	if err != nil {
		return pathError("mount", from, err)
	}
	target, err := f.existing(name, true)
	if err != nil {
		return pathError("mount", name, err)
	}
	switch {
	case source.isDirectory() && !target.isDirectory():
		return pathError("mount", name, ErrNotDirectory)
	case !source.isDirectory() && target.isDirectory():
		return pathError("mount", name, ErrIsDirectory)
	}
	if source.node == target.node {
		return pathError("mount", name, ErrBusy)
	}
	mounted := source.place
	mounted.readOnly = mounted.readOnly || options.ReadOnly
	if !mounted.hold() {
		return pathError("mount", from, ErrNotExist)
	}
	f.mountsMu.Lock()
	loop := f.leadsTo(mounted.node, target.node)
	if !loop {
		f.mounts[target.node] = mounted
	}
	f.mountsMu.Unlock()
	if loop {
		mounted.letGo()
		return pathError("mount", name, ErrTooManyLinks)
	}
	return nil
}

// hold keeps what is mounted, also when its name is removed, and says whether it
// was still there.
func (p place) hold() bool {
	p.tree.mu.Lock()
	defer p.tree.mu.Unlock()
	if p.node.gone() {
		return false
	}
	p.node.opens++
	return true
}

// letGo ends hold.
func (p place) letGo() {
	p.tree.mu.Lock()
	defer p.tree.mu.Unlock()
	p.node.opens--
	p.tree.release(p.node)
}

// leadsTo says whether the mounts on from end at to; called with mountsMu held.
func (f *FileSystem) leadsTo(from, to *node) bool {
	for {
		next, ok := f.mounts[from]
		if !ok {
			return from == to
		}
		from = next.node
	}
}

// UnmountAll ends all mounts, as the end of a container's mount namespace does. The
// contents of the mount points appear again.
func (f *FileSystem) UnmountAll() {
	f.mountsMu.Lock()
	ended := f.mounts
	f.mounts = map[*node]place{}
	f.mountsMu.Unlock()
	for _, mounted := range ended {
		mounted.letGo()
	}
}

// isMountPoint says whether something is mounted on a node that is reached as
// the root of that mount.
func (f *FileSystem) isMountPoint(n *node) bool {
	f.mountsMu.RLock()
	defer f.mountsMu.RUnlock()
	if _, ok := f.mounts[n]; ok {
		return true
	}
	for _, mounted := range f.mounts {
		if mounted.node == n {
			return true
		}
	}
	return false
}
