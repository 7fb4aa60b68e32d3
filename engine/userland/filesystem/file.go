package filesystem

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Device is what a device file reads from and writes to, such as /dev/null.
type Device interface {
	io.Reader
	io.Writer
}

// AddDevice makes a device file.
func (f *FileSystem) AddDevice(name string, device Device) error {
	where, err := f.walk(name, false)
	if err == nil && where.node != nil {
		err = ErrExist
	}
	if err == nil {
		_, err = where.insert(fs.ModeDevice|fs.ModeCharDevice|0o666, func(n *node) { n.device = device })
	}
	if err != nil {
		return pathError("mknod", name, err)
	}
	return nil
}

// File is an open file. It is safe for concurrent use; its users share the
// offset.
type File struct {
	name string
	flag int
	at   place
	view *FileSystem // whose mounts ReadDir shows

	mu      sync.Mutex
	offset  int64         // guarded by mu
	closed  bool          // guarded by mu
	listed  []fs.DirEntry // what ReadDir has left; guarded by mu
	listing bool          // guarded by mu
}

// OpenFile opens a file with the flags of package os: O_RDONLY, O_WRONLY or
// O_RDWR with O_APPEND, O_CREATE, O_EXCL and O_TRUNC. mode is that of a file
// that is made. A directory can be opened for reading only.
func (f *FileSystem) OpenFile(name string, flag int, mode fs.FileMode) (*File, error) {
	file, err := f.open(name, flag, mode)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	return file, nil
}

func writes(flag int) bool { return flag&(os.O_WRONLY|os.O_RDWR) != 0 }

// wantedBy are the permissions that an open file with these flags needs.
func wantedBy(flag int) fs.FileMode {
	switch {
	case flag&os.O_RDWR != 0:
		return mayRead | mayWrite
	case flag&(os.O_WRONLY|os.O_TRUNC) != 0:
		return mayWrite
	}
	return mayRead
}

func (f *FileSystem) open(name string, flag int, mode fs.FileMode) (*File, error) {
	exclusive := flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0
	where, err := f.walk(name, !exclusive)
	if err != nil {
		return nil, err
	}
	made := where.node == nil
	if made {
		if flag&os.O_CREATE == 0 {
			return nil, ErrNotExist
		}
		if name[len(name)-1] == '/' {
			return nil, ErrIsDirectory
		}
		created, err := where.insert(mode&permissions, nil)
		switch {
		case errors.Is(err, ErrExist) && !exclusive:
			return f.open(name, flag, mode)
		case err != nil:
			return nil, err
		}
		where.node = created
	} else if exclusive {
		return nil, ErrExist
	}
	tree := where.tree
	where.makeContent()
	tree.mu.Lock()
	if where.node.gone() {
		tree.mu.Unlock()
		return f.open(name, flag, mode)
	}
	defer tree.mu.Unlock()
	n := where.node
	switch {
	case n.mode.IsDir() && (writes(flag) || flag&os.O_CREATE != 0):
		return nil, ErrIsDirectory
	case n.mode&fs.ModeSymlink != 0:
		return nil, ErrTooManyLinks
	case where.readOnly && (writes(flag) || flag&os.O_TRUNC != 0) && n.device == nil:
		return nil, ErrReadOnly
	case !made && !f.user.may(n, wantedBy(flag)):
		return nil, ErrPermission
	}
	if flag&os.O_TRUNC != 0 && n.mode.IsRegular() {
		if err := tree.resize(n, 0); err != nil {
			return nil, err
		}
		n.modified = time.Now()
	}
	n.opens++
	return &File{name: name, flag: flag, at: where.place, view: f}, nil
}

// Open opens a file for reading. With it a FileSystem is an fs.FS, of which any
// path is valid.
func (f *FileSystem) Open(name string) (fs.File, error) {
	file, err := f.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// ReadFile returns the contents of a file.
func (f *FileSystem) ReadFile(name string) ([]byte, error) {
	file, err := f.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

// WriteFile makes data the contents of a file, which is made with mode if it is
// missing.
func (f *FileSystem) WriteFile(name string, data []byte, mode fs.FileMode) error {
	file, err := f.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// Name is the path that the file was opened with.
func (file *File) Name() string { return file.name }

// begin checks that an operation is possible and locks both file and tree.
func (file *File) begin(possible bool) (unlock func(), err error) {
	file.mu.Lock()
	if file.closed {
		file.mu.Unlock()
		return nil, fs.ErrClosed
	}
	if !possible {
		file.mu.Unlock()
		return nil, ErrBadFile
	}
	file.at.tree.mu.Lock()
	return func() {
		file.at.tree.mu.Unlock()
		file.mu.Unlock()
	}, nil
}

// device gives the device when the file is one; no lock is held while a device
// reads or writes.
func (file *File) device() Device {
	file.at.tree.mu.Lock()
	defer file.at.tree.mu.Unlock()
	return file.at.node.device
}

// Read reads at the offset.
func (file *File) Read(p []byte) (int, error) {
	if device := file.device(); device != nil {
		return device.Read(p)
	}
	unlock, err := file.begin(file.flag&os.O_WRONLY == 0)
	if err != nil {
		return 0, pathError("read", file.name, err)
	}
	defer unlock()
	n := file.at.node
	if n.mode.IsDir() {
		return 0, pathError("read", file.name, ErrIsDirectory)
	}
	if file.offset >= int64(len(n.data)) {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	count := copy(p, n.data[file.offset:])
	file.offset += int64(count)
	return count, nil
}

// Write writes at the offset, or at the end with O_APPEND. It writes all or, with
// ErrNoSpace, nothing.
func (file *File) Write(p []byte) (int, error) {
	if device := file.device(); device != nil {
		return device.Write(p)
	}
	unlock, err := file.begin(writes(file.flag))
	if err != nil {
		return 0, pathError("write", file.name, err)
	}
	defer unlock()
	n := file.at.node
	if file.flag&os.O_APPEND != 0 {
		file.offset = int64(len(n.data))
	}
	end := file.offset + int64(len(p))
	if end > int64(len(n.data)) {
		if err := file.at.tree.resize(n, end); err != nil {
			return 0, pathError("write", file.name, err)
		}
	}
	copy(n.data[file.offset:end], p)
	file.offset = end
	n.modified = time.Now()
	return len(p), nil
}

// Seek sets the offset.
func (file *File) Seek(offset int64, whence int) (int64, error) {
	unlock, err := file.begin(true)
	if err != nil {
		return 0, pathError("seek", file.name, err)
	}
	defer unlock()
	switch whence {
	case io.SeekCurrent:
		offset += file.offset
	case io.SeekEnd:
		offset += int64(len(file.at.node.data))
	}
	if offset < 0 {
		return 0, pathError("seek", file.name, ErrInvalid)
	}
	file.offset = offset
	return offset, nil
}

// Stat describes the file.
func (file *File) Stat() (fs.FileInfo, error) {
	unlock, err := file.begin(true)
	if err != nil {
		return nil, pathError("stat", file.name, err)
	}
	defer unlock()
	return describe(baseOf(file.name), file.at.tree, file.at.node), nil
}

// ReadDir lists an open directory as fs.ReadDirFile says.
func (file *File) ReadDir(count int) ([]fs.DirEntry, error) {
	file.mu.Lock()
	defer file.mu.Unlock()
	switch {
	case file.closed:
		return nil, pathError("readdir", file.name, fs.ErrClosed)
	case !file.at.isDirectory():
		return nil, pathError("readdir", file.name, ErrNotDirectory)
	case !file.listing:
		file.listed, file.listing = file.view.entries(file.at), true
	}
	if count <= 0 || count > len(file.listed) {
		if count > 0 && len(file.listed) == 0 {
			return nil, io.EOF
		}
		count = len(file.listed)
	}
	entries := file.listed[:count]
	file.listed = file.listed[count:]
	return entries, nil
}

// Close ends the use of the file; a second Close fails with fs.ErrClosed.
func (file *File) Close() error {
	unlock, err := file.begin(true)
	if err != nil {
		return pathError("close", file.name, err)
	}
	defer unlock()
	file.closed = true
	file.at.node.opens--
	file.at.tree.release(file.at.node)
	return nil
}

// Null is /dev/null: empty, and takes everything.
type Null struct{}

// Read finds the end.
func (Null) Read([]byte) (int, error) { return 0, io.EOF }

// Write takes everything.
func (Null) Write(p []byte) (int, error) { return len(p), nil }

// Zero is /dev/zero.
type Zero struct{ Null }

// Read gives zeros without end.
func (Zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// Full is /dev/full: zeros without end, and no room.
type Full struct{ Zero }

// Write finds no room.
func (Full) Write([]byte) (int, error) { return 0, ErrNoSpace }
