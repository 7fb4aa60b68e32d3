package filesystem

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || err.Error() != text {
		t.Errorf("got %v, want %s", err, text)
	}
}

func wantFile(t *testing.T, f *FileSystem, name, want string) {
	t.Helper()
	got, err := f.ReadFile(name)
	if err != nil || string(got) != want {
		t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
	}
}

func TestErrors(t *testing.T) {
	f := New(Options{})
	must(t, f.MkdirAll("/a/b", 0o755))
	must(t, f.WriteFile("/a/file", []byte("x"), 0o644))
	must(t, f.Symlink("loop", "/loop"))
	_, err := f.ReadFile("/nope")
	wantError(t, err, "open /nope: no such file or directory")
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, syscall.ENOENT) || Text(err) != "No such file or directory" {
		t.Errorf("%v is not ENOENT everywhere", err)
	}
	_, err = f.ReadFile("/a")
	wantError(t, err, "read /a: is a directory")
	wantError(t, f.WriteFile("/a", nil, 0), "open /a: is a directory")
	wantError(t, f.WriteFile("/a/file/x", nil, 0), "open /a/file/x: not a directory")
	wantError(t, f.WriteFile("/new/", nil, 0), "open /new/: is a directory")
	wantError(t, f.Mkdir("/a/", 0o755), "mkdir /a/: file exists")
	wantError(t, f.Mkdir("/x/y", 0o755), "mkdir /x/y: no such file or directory")
	wantError(t, f.Remove("/a"), "remove /a: directory not empty")
	wantError(t, f.Remove("/"), "remove /: device or resource busy")
	wantError(t, f.Rename("/a", "/a/b/c"), "rename /a /a/b/c: invalid argument")
	wantError(t, f.Rename("/a/file", "/a/b"), "rename /a/file /a/b: is a directory")
	wantError(t, f.Rename("/a/b", "/a/file"), "rename /a/b /a/file: not a directory")
	wantError(t, f.Link("/a", "/c"), "link /a /c: operation not permitted")
	_, err = f.Stat("/loop")
	wantError(t, err, "stat /loop: too many levels of symbolic links")
	_, err = f.Stat("/" + strings.Repeat("x", 256))
	if !errors.Is(err, ErrNameTooLong) {
		t.Errorf("got %v, want file name too long", err)
	}
	_, err = f.OpenFile("/a/file", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	wantError(t, err, "open /a/file: file exists")
}

func TestFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options{})
		file, err := f.OpenFile("/x", os.O_RDWR|os.O_CREATE, 0o640)
		must(t, err)
		_, err = io.WriteString(file, "hello")
		must(t, err)
		_, err = file.Seek(1, io.SeekStart)
		must(t, err)
		rest, err := io.ReadAll(file)
		if string(rest) != "ello" || err != nil {
			t.Errorf("read %q, %v", rest, err)
		}
		time.Sleep(time.Hour)
		more, err := f.OpenFile("/x", os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		_, err = io.WriteString(more, "!")
		must(t, err)
		wantFile(t, f, "/x", "hello!")
		info, err := f.Stat("/x")
		must(t, err)
		if !info.ModTime().Equal(time.Now()) || info.Mode() != 0o640 || info.Size() != 6 || info.Name() != "x" {
			t.Errorf("stat: %v %v %v %v", info.ModTime(), info.Mode(), info.Size(), info.Name())
		}
		_, err = more.Read(make([]byte, 1))
		wantError(t, err, "read /x: bad file descriptor")
		must(t, more.Close())
		if err := more.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("second close: %v", err)
		}

		// An open file lives on without its name, and its room is given back with
		// the last user.
		must(t, f.Remove("/x"))
		if bytes, _ := f.Usage(); bytes != 6 {
			t.Errorf("open and removed: %d bytes used", bytes)
		}
		must(t, file.Close())
		if bytes, files := f.Usage(); bytes != 0 || files != 1 {
			t.Errorf("closed: %d bytes, %d files used", bytes, files)
		}
	})
}

func TestLinks(t *testing.T) {
	f := New(Options{})
	must(t, f.MkdirAll("/a/b", 0o755))
	must(t, f.WriteFile("/a/b/file", []byte("1"), 0o644))
	must(t, f.Symlink("b", "/a/relative"))
	must(t, f.Symlink("/a/relative/file", "/absolute"))
	must(t, f.Symlink("../a/b/..", "/a/up"))
	wantFile(t, f, "/absolute", "1")
	wantFile(t, f, "/a/up/b/file", "1")
	wantFile(t, f, "/a/./b/../relative/file", "1")
	if real, err := f.RealPath("/a/up/relative/file"); real != "/a/b/file" || err != nil {
		t.Errorf("real path: %q, %v", real, err)
	}
	must(t, f.WriteFile("/absolute", []byte("2"), 0o644)) // through the link
	wantFile(t, f, "/a/b/file", "2")
	must(t, f.Link("/a/b/file", "/hard"))
	must(t, f.Remove("/a/b/file"))
	wantFile(t, f, "/hard", "2")
	info, err := f.Lstat("/absolute")
	must(t, err)
	if info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("lstat: %v", info.Mode())
	}
	if _, err := f.Stat("/absolute"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("dangling link: %v", err)
	}
	// A file is made where a dangling link leads.
	must(t, f.WriteFile("/absolute", []byte("3"), 0o644))
	wantFile(t, f, "/a/b/file", "3")
	// The swap of a ConfigMap volume: a new link is renamed over the old one.
	must(t, f.Symlink("/hard", "/data.new"))
	must(t, f.Rename("/data.new", "/absolute"))
	wantFile(t, f, "/absolute", "2")
	must(t, f.RemoveAll("/a"))
	must(t, f.RemoveAll("/a"))
}

func TestMounts(t *testing.T) {
	volume, first, second := New(Options{}), New(Options{}), New(Options{})
	must(t, volume.WriteFile("/key", []byte("1"), 0o644))
	for _, container := range []*FileSystem{first, second} {
		must(t, container.MkdirAll("/etc/config", 0o755))
		must(t, container.WriteFile("/etc/hosts", nil, 0o644))
	}
	must(t, first.Mount("/etc/config", volume, MountOptions{ReadOnly: true}))
	must(t, second.Mount("/etc/config", volume, MountOptions{}))
	must(t, second.Mount("/etc/hosts", volume, MountOptions{From: "key"}))

	wantFile(t, first, "/etc/config/key", "1")
	wantError(t, first.WriteFile("/etc/config/key", nil, 0), "open /etc/config/key: read-only file system")
	wantError(t, first.WriteFile("/etc/config/new", nil, 0), "open /etc/config/new: read-only file system")
	wantError(t, first.Remove("/etc/config/key"), "remove /etc/config/key: read-only file system")
	wantError(t, first.Chmod("/etc/config/key", 0), "chmod /etc/config/key: read-only file system")
	wantError(t, first.Mkdir("/etc/config/d", 0o755), "mkdir /etc/config/d: read-only file system")
	wantError(t, first.Remove("/etc/config"), "remove /etc/config: device or resource busy")
	must(t, second.WriteFile("/etc/config/new", []byte("2"), 0o644))
	wantFile(t, first, "/etc/config/new", "2")
	wantFile(t, second, "/etc/hosts", "1")
	wantError(t, second.Rename("/etc/config/new", "/etc/new"), "rename /etc/config/new /etc/new: invalid cross-device link")
	wantFile(t, first, "/etc/config/../hosts", "")
	entries, err := first.ReadDir("/etc/config")
	must(t, err)
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, []string{"key", "new"}) {
		t.Errorf("entries: %v", names)
	}
	first.UnmountAll()
	if _, err := first.Stat("/etc/config/key"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after unmount: %v", err)
	}
	wantError(t, first.Mount("/nope", volume, MountOptions{}), "mount /nope: no such file or directory")
	wantError(t, first.Mount("/etc/hosts", volume, MountOptions{}), "mount /etc/hosts: not a directory")
}

// What is mounted stays when its name is removed, and is counted until the last
// mount and the last open file of it end.
func TestMountHoldsARemovedFile(t *testing.T) {
	volume, first, second := New(Options{}), New(Options{}), New(Options{})
	must(t, volume.WriteFile("/key", []byte("1234"), 0o644))
	for _, container := range []*FileSystem{first, second} {
		must(t, container.WriteFile("/key", nil, 0o644))
		must(t, container.Mount("/key", volume, MountOptions{From: "key"}))
	}
	must(t, volume.Remove("/key"))
	wantFile(t, first, "/key", "1234")
	wantFile(t, first, "/key", "1234")
	first.UnmountAll()
	wantFile(t, first, "/key", "")
	if bytes, files := volume.Usage(); bytes != 4 || files != 2 {
		t.Errorf("with a mount left: %d bytes, %d files", bytes, files)
	}
	open, err := second.Open("/key")
	must(t, err)
	second.UnmountAll()
	second.UnmountAll()
	if data, err := io.ReadAll(open); string(data) != "1234" || err != nil {
		t.Errorf("open file: %q, %v", data, err)
	}
	must(t, open.Close())
	if bytes, files := volume.Usage(); bytes != 0 || files != 1 {
		t.Errorf("at the end: %d bytes, %d files", bytes, files)
	}
}

func TestBounds(t *testing.T) {
	f := New(Options{MaxBytes: 10, MaxFiles: 4})
	must(t, f.WriteFile("/a", []byte("12345678"), 0o644))
	wantError(t, f.WriteFile("/b", []byte("123"), 0o644), "write /b: no space left on device")
	must(t, f.WriteFile("/b", []byte("12"), 0o644))
	must(t, f.Truncate("/a", 2))
	must(t, f.WriteFile("/b", []byte("12345678"), 0o644))
	must(t, f.Mkdir("/c", 0o755))
	wantError(t, f.Mkdir("/d", 0o755), "mkdir /d: no space left on device")
	must(t, f.Remove("/a"))
	must(t, f.Mkdir("/d", 0o755))
	wantError(t, f.Truncate("/b", 1<<60), "truncate /b: no space left on device")
}

// TestFS holds the FileSystem to the rules of package io/fs.
func TestFS(t *testing.T) {
	f := New(Options{})
	must(t, f.MkdirAll("/site/css", 0o755))
	must(t, f.WriteFile("/site/index.html", []byte("hi"), 0o644))
	must(t, f.WriteFile("/site/css/a.css", []byte("x"), 0o644))
	sub, err := fs.Sub(f, "site")
	must(t, err)
	if err := fstest.TestFS(sub, "index.html", "css/a.css"); err != nil {
		t.Error(err)
	}
}

func TestConcurrent(t *testing.T) {
	f, volume := New(Options{}), New(Options{})
	must(t, f.Mkdir("/v", 0o755))
	must(t, f.Mount("/v", volume, MountOptions{}))
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for m := range 50 {
				name := fmt.Sprintf("/v/%d", m%5)
				switch (n + m) % 5 {
				case 0:
					_ = f.WriteFile(name, []byte(name), 0o644)
				case 1:
					_, _ = f.ReadFile(name)
				case 2:
					_ = f.Remove(name)
				case 3:
					_ = f.Rename(name, "/v/x")
				case 4:
					_, _ = f.ReadDir("/v")
				}
			}
		})
	}
	group.Wait()
	must(t, f.RemoveAll("/v/x"))
	for m := range 5 {
		must(t, f.RemoveAll(fmt.Sprintf("/v/%d", m)))
	}
	if bytes, files := volume.Usage(); bytes != 0 || files != 1 {
		t.Errorf("after all is removed: %d bytes, %d files", bytes, files)
	}
}
