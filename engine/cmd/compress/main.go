// Command compress writes a file compressed with zstd beside each file that it is
// given: name.zst, which engine/site sends to browsers that accept it.
//
//	go run ./engine/cmd/compress web/dist/controlplane.wasm
//
// "make build" calls it. A browser decompresses zstd several times as fast as
// gzip and brotli, and a module is decompressed at each load, even when it comes
// from the browser's cache.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// windowSize is the largest window that a browser must support (RFC 9659).
const windowSize = 8 << 20

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: compress FILE...")
		os.Exit(2)
	}
	for _, name := range os.Args[1:] {
		if err := compress(name); err != nil {
			fmt.Fprintf(os.Stderr, "compress %q: %v\n", name, err)
			os.Exit(1)
		}
	}
}

// compress writes name.zst, whole or not at all.
func compress(name string) (err error) {
	source, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	unfinished := name + ".zst.part"
	target, err := os.Create(unfinished)
	if err != nil {
		return err
	}
	err = errors.Join(write(target, source), target.Close())
	if err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return os.Rename(unfinished, name+".zst")
}

// write compresses as well as the library can.
func write(target io.Writer, source io.Reader) error {
	encoder, err := zstd.NewWriter(target, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(windowSize))
	if err != nil {
		return err
	}
	_, err = io.Copy(encoder, source)
	return errors.Join(err, encoder.Close())
}
