//go:build js && wasm

package main

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"sync"
	"syscall"
	"syscall/js"
	"time"

	"tabernetes/engine/userland/filesystem"
)

// homeDirectory is where commands run and where the editor's files are.
const homeDirectory = "/root"

// osFiles makes package os work on a file system in memory. On js/wasm package
// syscall accesses files through the functions of globalThis.fs, which have
// the signatures of Node's; they are set here, so that the files are the same
// ones that the shell sees.
type osFiles struct {
	files    *filesystem.FileSystem
	standard standard
	isDir    [2]js.Func // what stat's isDirectory is: false, true

	mu        sync.Mutex
	directory string                   // guarded by mu
	open      map[int]*filesystem.File // by descriptor; guarded by mu

	terminals     map[int]*tty    // by descriptor; guarded by mu
	terminalNames map[string]*tty // those that are being opened; guarded by mu
	lastTerminal  int             // guarded by mu
}

// standard are the descriptors 0, 1 and 2 of the process.
type standard interface {
	ReadStdin(buffer []byte) (int, error)
	WriteStderr(text []byte) (int, error)
}

// firstDescriptor follows the standard ones.
const firstDescriptor = 3

// maxOpen bounds the open files; one more fails with EMFILE.
const maxOpen = 256

// installFiles sets the functions of globalThis.fs and globalThis.process.
func installFiles(files *filesystem.FileSystem, standard standard) *osFiles {
	answer := func(value bool) js.Func { return js.FuncOf(func(js.Value, []js.Value) any { return value }) }
	o := &osFiles{
		files:     files,
		standard:  standard,
		isDir:     [2]js.Func{answer(false), answer(true)},
		directory: homeDirectory,
		open:      map[int]*filesystem.File{},

		terminals:     map[int]*tty{},
		terminalNames: map[string]*tty{},
	}
	target := js.Global().Get("fs")
	for name, operation := range o.operations() {
		target.Set(name, js.FuncOf(func(_ js.Value, arguments []js.Value) any {
			last := len(arguments) - 1
			result, err := operation(arguments[:last])
			answerCall(arguments[last], result, err)
			return nil
		}))
	}
	target.Set("read", js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		o.read(arguments)
		return nil
	}))
	process := js.Global().Get("process")
	process.Set("cwd", js.FuncOf(func(js.Value, []js.Value) any { return o.absolute(".") }))
	process.Set("chdir", js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		directory := o.absolute(arguments[0].String())
		o.mu.Lock()
		defer o.mu.Unlock()
		o.directory = directory
		return nil
	}))
	return o
}

// answerCall calls a callback of package syscall as Node would.
func answerCall(callback js.Value, result any, err error) {
	if err == nil {
		callback.Invoke(js.Null(), result)
		return
	}
	failure := js.Global().Get("Error").New(err.Error())
	failure.Set("code", codeOf(err))
	callback.Invoke(failure)
}

// codes are Node's error names, by which package syscall identifies errors.
var codes = []struct {
	number syscall.Errno
	name   string
}{
	{syscall.ENOENT, "ENOENT"},
	{syscall.EEXIST, "EEXIST"},
	{syscall.ENOTDIR, "ENOTDIR"},
	{syscall.EISDIR, "EISDIR"},
	{syscall.ENOTEMPTY, "ENOTEMPTY"},
	{syscall.EINVAL, "EINVAL"},
	{syscall.EBADF, "EBADF"},
	{syscall.ENOSPC, "ENOSPC"},
	{syscall.EROFS, "EROFS"},
	{syscall.EACCES, "EACCES"},
	{syscall.EPERM, "EPERM"},
	{syscall.EBUSY, "EBUSY"},
	{syscall.EMFILE, "EMFILE"},
	{syscall.ELOOP, "ELOOP"},
	{syscall.EXDEV, "EXDEV"},
	{syscall.ENAMETOOLONG, "ENAMETOOLONG"},
}

func codeOf(err error) string {
	for _, code := range codes {
		if errors.Is(err, code.number) {
			return code.name
		}
	}
	return "EIO"
}

// operation is a function of globalThis.fs without its callback.
type operation func(arguments []js.Value) (result any, err error)

func (o *osFiles) operations() map[string]operation {
	onPath := func(change func(name string, arguments []js.Value) error) operation {
		return func(arguments []js.Value) (any, error) {
			return nil, change(o.absolute(arguments[0].String()), arguments[1:])
		}
	}
	nothing := func([]js.Value) (any, error) { return nil, nil }
	return map[string]operation{
		"open":    o.openFile,
		"close":   o.closeFile,
		"write":   o.write,
		"fstat":   o.fstat,
		"readdir": o.readDirectory,
		"stat": func(arguments []js.Value) (any, error) {
			return o.describe(o.files.Stat(o.absolute(arguments[0].String())))
		},
		"lstat": func(arguments []js.Value) (any, error) {
			return o.describe(o.files.Lstat(o.absolute(arguments[0].String())))
		},
		"readlink": func(arguments []js.Value) (any, error) {
			return o.files.Readlink(o.absolute(arguments[0].String()))
		},
		"mkdir": onPath(func(name string, arguments []js.Value) error {
			return o.files.Mkdir(name, fs.FileMode(arguments[0].Int()).Perm())
		}),
		"unlink": onPath(func(name string, _ []js.Value) error {
			if info, err := o.files.Lstat(name); err == nil && info.IsDir() {
				return filesystem.ErrIsDirectory
			}
			return o.files.Remove(name)
		}),
		"rmdir": onPath(func(name string, _ []js.Value) error {
			if info, err := o.files.Lstat(name); err == nil && !info.IsDir() {
				return filesystem.ErrNotDirectory
			}
			return o.files.Remove(name)
		}),
		"rename": onPath(func(name string, arguments []js.Value) error {
			return o.files.Rename(name, o.absolute(arguments[0].String()))
		}),
		"link": onPath(func(name string, arguments []js.Value) error {
			return o.files.Link(name, o.absolute(arguments[0].String()))
		}),
		"symlink": func(arguments []js.Value) (any, error) {
			return nil, o.files.Symlink(arguments[0].String(), o.absolute(arguments[1].String()))
		},
		"truncate": onPath(func(name string, arguments []js.Value) error {
			return o.files.Truncate(name, int64(arguments[0].Float()))
		}),
		"chmod": onPath(func(name string, arguments []js.Value) error {
			return o.files.Chmod(name, fs.FileMode(arguments[0].Int()).Perm())
		}),
		"utimes": onPath(func(name string, arguments []js.Value) error {
			return o.files.Chtimes(name, time.UnixMilli(int64(arguments[1].Float()*1000)))
		}),
		"ftruncate": func(arguments []js.Value) (any, error) {
			file, err := o.find(arguments[0].Int())
			if err != nil {
				return nil, err
			}
			return nil, o.files.Truncate(file.Name(), int64(arguments[1].Float()))
		},
		// Every user is root, and every write is durable at once.
		"fchmod": nothing, "chown": nothing, "fchown": nothing, "lchown": nothing, "fsync": nothing,
	}
}

func (o *osFiles) absolute(name string) string {
	if path.IsAbs(name) {
		return name
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return path.Join(o.directory, name)
}

func (o *osFiles) openFile(arguments []js.Value) (any, error) {
	// The worker gives package syscall the flag values of package os, and this one.
	const directoryOnly = 65536
	flag := arguments[1].Int() &^ directoryOnly
	name := o.absolute(arguments[0].String())
	o.mu.Lock()
	descriptor := firstDescriptor
	for o.open[descriptor] != nil || o.terminals[descriptor] != nil {
		descriptor++
	}
	isTerminal := o.openNamedTerminal(name, descriptor)
	o.mu.Unlock()
	if isTerminal {
		return descriptor, nil
	}
	if descriptor >= firstDescriptor+maxOpen {
		return nil, syscall.EMFILE
	}
	file, err := o.files.OpenFile(name, flag, fs.FileMode(arguments[2].Int()).Perm())
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open[descriptor] = file
	return descriptor, nil
}

func (o *osFiles) find(descriptor int) (*filesystem.File, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if file := o.open[descriptor]; file != nil {
		return file, nil
	}
	return nil, syscall.EBADF
}

func (o *osFiles) closeFile(arguments []js.Value) (any, error) {
	descriptor := arguments[0].Int()
	if o.terminal(descriptor) != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.terminals, descriptor)
		return nil, nil
	}
	file, err := o.find(descriptor)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	delete(o.open, descriptor)
	o.mu.Unlock()
	return nil, file.Close()
}

// read has the arguments descriptor, buffer, offset, length, position and
// callback. Reading a terminal may wait for input.
func (o *osFiles) read(arguments []js.Value) {
	descriptor, callback := arguments[0].Int(), arguments[5]
	part := arguments[1].Call("subarray", arguments[2].Int(), arguments[2].Int()+arguments[3].Int())
	buffer := make([]byte, arguments[3].Int())
	finish := func(n int, err error) {
		js.CopyBytesToJS(part, buffer[:n])
		if errors.Is(err, io.EOF) {
			err = nil
		}
		answerCall(callback, n, err)
	}
	if descriptor == 0 {
		go func() { finish(o.standard.ReadStdin(buffer)) }()
		return
	}
	if terminal := o.terminal(descriptor); terminal != nil {
		go func() { finish(terminal.in.Read(buffer)) }()
		return
	}
	file, err := o.find(descriptor)
	if err == nil {
		err = seek(file, arguments[4])
	}
	if err != nil {
		finish(0, err)
		return
	}
	finish(file.Read(buffer))
}

// write has the arguments descriptor, buffer, offset, length and position.
func (o *osFiles) write(arguments []js.Value) (any, error) {
	descriptor := arguments[0].Int()
	text := fromBytes(arguments[1].Call("subarray", arguments[2].Int(), arguments[2].Int()+arguments[3].Int()))
	if descriptor < firstDescriptor {
		return o.standard.WriteStderr(text)
	}
	if terminal := o.terminal(descriptor); terminal != nil {
		return terminal.out.Write(text)
	}
	file, err := o.find(descriptor)
	if err == nil {
		err = seek(file, arguments[4])
	}
	if err != nil {
		return nil, err
	}
	return file.Write(text)
}

// seek sets the offset to a position, unless that is null.
func seek(file *filesystem.File, position js.Value) error {
	if position.Type() != js.TypeNumber {
		return nil
	}
	_, err := file.Seek(int64(position.Float()), io.SeekStart)
	return err
}

func (o *osFiles) fstat(arguments []js.Value) (any, error) {
	file, err := o.find(arguments[0].Int())
	if err != nil {
		return nil, err
	}
	return o.describe(file.Stat())
}

func (o *osFiles) readDirectory(arguments []js.Value) (any, error) {
	entries, err := o.files.ReadDir(o.absolute(arguments[0].String()))
	if err != nil {
		return nil, err
	}
	names := make([]any, len(entries))
	for index, entry := range entries {
		names[index] = entry.Name()
	}
	return names, nil
}

// The types of files as stat(2) has them in st_mode.
const (
	modeDirectory = 0o040000
	modeRegular   = 0o100000
	modeSymlink   = 0o120000
	modeCharacter = 0o020000
)

// describe makes the object that Node's stat gives.
func (o *osFiles) describe(info fs.FileInfo, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	mode, isDir := int(info.Mode().Perm()), o.isDir[0]
	switch {
	case info.IsDir():
		mode, isDir = mode|modeDirectory, o.isDir[1]
	case info.Mode()&fs.ModeSymlink != 0:
		mode |= modeSymlink
	case info.Mode()&fs.ModeDevice != 0:
		mode |= modeCharacter
	default:
		mode |= modeRegular
	}
	modified := float64(info.ModTime().UnixMilli())
	stat := js.ValueOf(map[string]any{
		"dev": 1, "ino": 0, "mode": mode, "nlink": 1, "uid": 0, "gid": 0, "rdev": 0,
		"size": float64(info.Size()), "blksize": 4096, "blocks": float64((info.Size() + 511) / 512),
		"atimeMs": modified, "mtimeMs": modified, "ctimeMs": modified,
	})
	stat.Set("isDirectory", isDir)
	return stat, nil
}
