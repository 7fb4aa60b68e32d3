package filesystem

import (
	"io/fs"
	"sync"
	"time"
)

// Bounds of a FileSystem that does not say otherwise.
const (
	DefaultMaxBytes = 16 << 20
	DefaultMaxFiles = 10_000
)

// maxName is the longest name of one file in bytes (NAME_MAX), maxPath that of
// a path (PATH_MAX).
const (
	maxName = 255
	maxPath = 4096
)

// Options bound a FileSystem.
type Options struct {
	// MaxBytes is how much the contents of all files may take together, and
	// MaxFiles how many files, directories and links there may be. What would
	// exceed one of them fails with ErrNoSpace. 0 stands for the defaults.
	MaxBytes int64
	MaxFiles int
	// Memory says that it shows as a tmpfs; otherwise it is on a disk.
	Memory bool
}

// FileSystem is a tree of files in memory. The zero value is not usable; see
// New.
type FileSystem struct {
	options Options
	user    *Credentials // of those who use this FileSystem

	mu    sync.Mutex
	root  *node
	bytes int64  // guarded by mu
	files int    // guarded by mu
	inode uint64 // the last one given; guarded by mu

	mountsMu sync.RWMutex
	mounts   map[*node]place // guarded by mountsMu
}

// node is a file, a directory, a symbolic link or a device. Its fields are
// guarded by the mu of its FileSystem.
type node struct {
	inode    uint64
	mode     fs.FileMode
	uid, gid int
	modified time.Time
	links    int // names that lead here; 0 when removed
	opens    int // open files and mounts that hold it

	children map[string]*node // of a directory
	data     []byte           // of a regular file
	content  func() []byte    // makes data when it is first needed, see WriteFileLater; then nil
	target   string           // of a symbolic link
	device   Device           // of a device
}

// New makes an empty FileSystem: a root directory with mode 0755.
func New(options Options) *FileSystem {
	if options.MaxBytes == 0 {
		options.MaxBytes = DefaultMaxBytes
	}
	if options.MaxFiles == 0 {
		options.MaxFiles = DefaultMaxFiles
	}
	f := &FileSystem{options: options, user: &Credentials{}, mounts: map[*node]place{}}
	f.root, _ = f.newNode(fs.ModeDir | 0o755)
	f.root.links = 1
	return f
}

// Limits are the bounds of the FileSystem.
func (f *FileSystem) Limits() Options { return f.options }

// Usage is how many bytes the files take and how many files there are, without
// those of mounted file systems.
func (f *FileSystem) Usage() (bytes int64, files int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes, f.files
}

// newNode is called with mu held, but by New.
func (f *FileSystem) newNode(mode fs.FileMode) (*node, error) {
	if f.files >= f.options.MaxFiles {
		return nil, ErrNoSpace
	}
	f.files++
	f.inode++
	n := &node{inode: f.inode, mode: mode, modified: time.Now()}
	if mode.IsDir() {
		n.children = map[string]*node{}
	}
	return n, nil
}

// gone says that nothing leads to n: it was removed after a path had found it.
// Called with mu held.
func (n *node) gone() bool { return n.links == 0 && n.opens == 0 }

// unlink takes a name away from n; called with mu held.
func (f *FileSystem) unlink(n *node) {
	n.links--
	f.release(n)
}

// release gives back what n takes when nothing leads to it; called with mu held.
func (f *FileSystem) release(n *node) {
	if !n.gone() {
		return
	}
	f.files--
	f.bytes -= int64(len(n.data))
	n.data = nil
}

// resize makes the contents of n size bytes long; called with mu held.
func (f *FileSystem) resize(n *node, size int64) error {
	more := size - int64(len(n.data))
	if size < 0 {
		return ErrInvalid
	}
	if more > f.options.MaxBytes-f.bytes {
		return ErrNoSpace
	}
	f.bytes += more
	if more > 0 {
		if size <= int64(cap(n.data)) {
			old := len(n.data)
			n.data = n.data[:size]
			clear(n.data[old:])
		} else {
			grown := make([]byte, size, size+size/4)
			copy(grown, n.data)
			n.data = grown
		}
		return nil
	}
	n.data = n.data[:size]
	if size == 0 {
		n.data = nil
	}
	return nil
}
