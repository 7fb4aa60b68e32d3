package filesystem

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// A file that is written later has its contents when somebody wants them, and then like
// any other.
func TestWriteFileLater(t *testing.T) {
	var made atomic.Int32
	f := New(Options{})
	add := func(name, text string) {
		must(t, f.WriteFileLater(name, 0o640, func() []byte {
			made.Add(1)
			if _, err := f.Lstat("/"); err != nil { // no lock is held
				t.Error(err)
			}
			return []byte(text)
		}))
	}
	add("/a", "text")
	if err := f.WriteFileLater("/a", 0o640, nil); err == nil {
		t.Error("it is made twice")
	}
	must(t, f.Chmod("/a", 0o600))
	must(t, f.Rename("/a", "/b"))
	must(t, f.Symlink("b", "/link"))
	info, err := f.Stat("/link")
	must(t, err)
	entries, err := f.ReadDir("/")
	must(t, err)
	if bytes, _ := f.Usage(); made.Load() != 0 || bytes != 0 || info.Mode().Perm() != 0o600 || len(entries) != 2 {
		t.Errorf("%d made, %d bytes, mode %v", made.Load(), bytes, info.Mode())
	}
	if info.Size() != 4 {
		t.Errorf("its size is %d", info.Size())
	}
	wantFile(t, f, "/link", "text")
	if bytes, _ := f.Usage(); made.Load() != 1 || bytes != 4 {
		t.Errorf("%d made, %d bytes", made.Load(), bytes)
	}

	add("/c", "text")
	must(t, f.Truncate("/c", 2))
	wantFile(t, f, "/c", "te")
	add("/d", "text")
	file, err := f.OpenFile("/d", os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = file.Write([]byte(" more"))
	must(t, err)
	must(t, file.Close())
	wantFile(t, f, "/d", "text more")
	add("/e", "text")
	before := made.Load()
	must(t, f.Remove("/e"))
	if made.Load() != before {
		t.Error("what is removed is made first")
	}

	add("/f", "text")
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() { wantFile(t, f, "/f", "text") })
	}
	readers.Wait()
	if bytes, _ := f.Usage(); bytes != 4+2+9+4 {
		t.Errorf("%d bytes", bytes)
	}
}
