package main

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestCompress unpacks what was written, as a browser would: with a window of no
// more than 8 MiB.
func TestCompress(t *testing.T) {
	content := bytes.Repeat([]byte("a module "), 2<<20)
	noise := rand.NewChaCha8([32]byte{})
	if _, err := noise.Read(content[:1<<20]); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "module.wasm")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	for _, level := range []int{1, 9, largestLevel} {
		if err := compress(name, level); err != nil {
			t.Fatal(err)
		}
		packed, err := os.ReadFile(name + ".zst")
		if err != nil {
			t.Fatal(err)
		}
		if len(packed) > 2<<20 {
			t.Errorf("level %d: %d bytes became %d", level, len(content), len(packed))
		}
		if got, err := decoder.DecodeAll(packed, nil); err != nil || !bytes.Equal(got, content) {
			t.Errorf("level %d: unpacked to %d bytes that differ, %v", level, len(got), err)
		}
	}
	if err := compress(filepath.Join(t.TempDir(), "nothing"), 9); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: got %v", err)
	}
}
