// Command compress writes a file compressed with zstd beside each file that it is
// given: name.zst, which engine/site sends to browsers that accept it.
//
//	go run ./engine/cmd/compress -level 19 web/dist/controlplane.wasm
//
// "make build" calls it. A browser decompresses zstd several times as fast as
// gzip and brotli, and a module is decompressed at each load, even when it comes
// from the browser's cache.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/DataDog/zstd"
)

func main() {
	level := flag.Int("level", 9, "from 1, quickest, to 19, smallest; the window of larger ones is more than a browser must support (RFC 9659)")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: compress [-level N] FILE...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 || *level < zstd.BestSpeed || *level > largestLevel {
		flag.Usage()
		os.Exit(2)
	}
	for _, name := range flag.Args() {
		if err := compress(name, *level); err != nil {
			fmt.Fprintf(os.Stderr, "compress %q: %v\n", name, err)
			os.Exit(1)
		}
	}
}

// largestLevel is the last one whose window is 8 MiB (clevels.h of zstd).
const largestLevel = 19

// compress writes name.zst, whole or not at all.
func compress(name string, level int) error {
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	packed, err := zstd.CompressLevel(nil, content, level)
	if err != nil {
		return err
	}
	unfinished := name + ".zst.part"
	if err := os.WriteFile(unfinished, packed, 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, name+".zst")
}
