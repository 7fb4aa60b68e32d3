package filesystem_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"tabernetes/engine/userland/filesystem"
)

// shared is a volume that root owns, as a user who has mounted it sees it.
func shared(t *testing.T, mode fs.FileMode, gid int, user filesystem.Credentials) (volume, view *filesystem.FileSystem) {
	t.Helper()
	volume, view = filesystem.New(filesystem.Options{}), filesystem.New(filesystem.Options{})
	for _, err := range []error{
		volume.WriteFile("/old", []byte("root's"), 0o640), volume.Chown("/", 0, gid), volume.Chmod("/", fs.ModeDir|mode),
		view.MkdirAll("/data", 0o755), view.Mount("/data", volume, filesystem.MountOptions{}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	view.Become(user)
	return volume, view
}

func owner(t *testing.T, f *filesystem.FileSystem, name string) (uid, gid int, mode fs.FileMode) {
	t.Helper()
	info, err := f.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	system := info.Sys().(*filesystem.Info)
	return system.UID, system.GID, info.Mode()
}

// A directory with the set-group-ID bit gives its group to what is made in it.
func TestSetGroupID(t *testing.T) {
	for _, test := range []struct {
		mode      fs.FileMode
		fileGroup int
		directory fs.FileMode
	}{
		{0o777 | fs.ModeSetgid, 2000, fs.ModeDir | fs.ModeSetgid | 0o755},
		{0o777, 3000, fs.ModeDir | 0o755},
	} {
		volume, view := shared(t, test.mode, 2000, filesystem.Credentials{UID: 1000, GID: 3000, Groups: []int{2000}})
		if err := view.WriteFile("/data/f", nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := view.Mkdir("/data/d", 0o755); err != nil {
			t.Fatal(err)
		}
		if uid, gid, _ := owner(t, volume, "/f"); uid != 1000 || gid != test.fileGroup {
			t.Errorf("in a directory with mode %v: got %d:%d, want 1000:%d", test.mode, uid, gid, test.fileGroup)
		}
		if _, _, mode := owner(t, volume, "/d"); mode != test.directory {
			t.Errorf("in a directory with mode %v: got %v, want %v", test.mode, mode, test.directory)
		}
	}
}

// The class of a user decides, and the first that fits: an owner without a bit is
// refused though others have it.
func TestPermissions(t *testing.T) {
	member := filesystem.Credentials{UID: 7, GID: 7, Groups: []int{5}}
	other := filesystem.Credentials{UID: 8, GID: 8}
	for _, test := range []struct {
		name string
		user filesystem.Credentials
		mode fs.FileMode
		do   func(*filesystem.FileSystem) error
		want error
	}{
		{"group writes", member, 0o770, func(f *filesystem.FileSystem) error { return f.WriteFile("/data/new", nil, 0o644) }, nil},
		{"others may not write", other, 0o775, func(f *filesystem.FileSystem) error { return f.WriteFile("/data/new", nil, 0o644) }, fs.ErrPermission},
		{"others may not search", other, 0o770, func(f *filesystem.FileSystem) error { _, err := f.Stat("/data/old"); return err }, fs.ErrPermission},
		{"others may not list", other, 0o771, func(f *filesystem.FileSystem) error { _, err := f.ReadDir("/data"); return err }, fs.ErrPermission},
		{"others may not read", other, 0o777, func(f *filesystem.FileSystem) error { _, err := f.ReadFile("/data/old"); return err }, fs.ErrPermission},
		{"root does all", filesystem.Credentials{}, 0o000, func(f *filesystem.FileSystem) error { return f.WriteFile("/data/old", nil, 0) }, nil},
		{"a writer of the directory removes", member, 0o770, func(f *filesystem.FileSystem) error { return f.Remove("/data/old") }, nil},
		{"not another's with the sticky bit", member, 0o770 | fs.ModeSticky, func(f *filesystem.FileSystem) error { return f.Remove("/data/old") }, filesystem.ErrNotPermitted},
		{"nor by another name", member, 0o770 | fs.ModeSticky, func(f *filesystem.FileSystem) error { return f.Rename("/data/old", "/data/x") }, filesystem.ErrNotPermitted},
		{"chmod is the owner's", member, 0o770, func(f *filesystem.FileSystem) error { return f.Chmod("/data/old", 0o777) }, filesystem.ErrNotPermitted},
		{"chown is root's", member, 0o770, func(f *filesystem.FileSystem) error { return f.Chown("/data/old", 7, 7) }, filesystem.ErrNotPermitted},
		{"an owner gives to a group of theirs", member, 0o770, func(f *filesystem.FileSystem) error {
			return errors.Join(f.WriteFile("/data/own", nil, 0o600), f.Chown("/data/own", filesystem.Unchanged, 5))
		}, nil},
		{"not to another group", member, 0o770, func(f *filesystem.FileSystem) error {
			if err := f.WriteFile("/data/own", nil, 0o600); err != nil {
				return err
			}
			return f.Chown("/data/own", filesystem.Unchanged, 6)
		}, filesystem.ErrNotPermitted},
		{"an owner without the bit", member, 0o770, func(f *filesystem.FileSystem) error {
			if err := f.WriteFile("/data/own", nil, 0o077); err != nil {
				return err
			}
			_, err := f.OpenFile("/data/own", os.O_RDONLY, 0)
			return err
		}, fs.ErrPermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, view := shared(t, test.mode, 5, test.user)
			if err := test.do(view); !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
		})
	}
}
