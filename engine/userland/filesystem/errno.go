package filesystem

import (
	"errors"
	"io/fs"
	"syscall"
)

// Errno is an error number of Linux with its text, the same on every platform
// (Go's own texts differ between Linux and js/wasm).
type Errno syscall.Errno

// The errors of this package.
const (
	ErrNotPermitted  = Errno(syscall.EPERM)
	ErrNotExist      = Errno(syscall.ENOENT)
	ErrBadFile       = Errno(syscall.EBADF)
	ErrBusy          = Errno(syscall.EBUSY)
	ErrExist         = Errno(syscall.EEXIST)
	ErrCrossDevice   = Errno(syscall.EXDEV)
	ErrNotDirectory  = Errno(syscall.ENOTDIR)
	ErrIsDirectory   = Errno(syscall.EISDIR)
	ErrInvalid       = Errno(syscall.EINVAL)
	ErrNoSpace       = Errno(syscall.ENOSPC)
	ErrReadOnly      = Errno(syscall.EROFS)
	ErrNameTooLong   = Errno(syscall.ENAMETOOLONG)
	ErrNotEmpty      = Errno(syscall.ENOTEMPTY)
	ErrTooManyLinks  = Errno(syscall.ELOOP)
	ErrPermission    = Errno(syscall.EACCES)
	ErrBrokenPipe    = Errno(syscall.EPIPE)
	ErrExecuteFormat = Errno(syscall.ENOEXEC)
	ErrTooManyFiles  = Errno(syscall.EMFILE)
)

// texts are strerror's.
var texts = map[Errno]string{
	ErrNotPermitted:  "Operation not permitted",
	ErrNotExist:      "No such file or directory",
	ErrBadFile:       "Bad file descriptor",
	ErrBusy:          "Device or resource busy",
	ErrExist:         "File exists",
	ErrCrossDevice:   "Invalid cross-device link",
	ErrNotDirectory:  "Not a directory",
	ErrIsDirectory:   "Is a directory",
	ErrInvalid:       "Invalid argument",
	ErrNoSpace:       "No space left on device",
	ErrReadOnly:      "Read-only file system",
	ErrNameTooLong:   "File name too long",
	ErrNotEmpty:      "Directory not empty",
	ErrTooManyLinks:  "Too many levels of symbolic links",
	ErrPermission:    "Permission denied",
	ErrBrokenPipe:    "Broken pipe",
	ErrExecuteFormat: "Exec format error",
	ErrTooManyFiles:  "Too many open files",
}

// Error is the text that Go programs on Linux show: strerror's in lower case.
func (e Errno) Error() string {
	text, ok := texts[e]
	if !ok {
		return syscall.Errno(e).Error()
	}
	return string(text[0]|0x20) + text[1:]
}

// Is makes errors.Is work with the errors of io/fs and of package syscall.
func (e Errno) Is(target error) bool {
	var number syscall.Errno
	if errors.As(target, &number) {
		return syscall.Errno(e) == number
	}
	return syscall.Errno(e).Is(target)
}

// Text is what a C program on Linux shows for an error of this package:
// strerror's text without operation and path. Other errors give their own text.
func Text(err error) string {
	var number Errno
	if errors.As(err, &number) {
		if text, ok := texts[number]; ok {
			return text
		}
	}
	return err.Error()
}

// LinkError is the error of an operation with two paths.
type LinkError struct {
	Op       string
	Old, New string
	Err      error
}

func (e *LinkError) Error() string { return e.Op + " " + e.Old + " " + e.New + ": " + e.Err.Error() }

// Unwrap gives the error number.
func (e *LinkError) Unwrap() error { return e.Err }

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}
