// Command generate writes the overlay file for the js/wasm builds:
//
//	go run ./wasm/overlay/generate -o .cache/overlay.json
//
// The Makefile runs it before each wasm build. It holds absolute paths of this
// checkout, so it is written to an ignored place and never committed.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"tabernetes/wasm/overlay"
)

func main() {
	output := flag.String("o", filepath.Join(".cache", "overlay.json"), "file to write, relative to the module root")
	flag.Parse()
	if err := run(*output); err != nil {
		fmt.Fprintln(os.Stderr, "overlay:", err)
		os.Exit(1)
	}
}

func run(output string) error {
	root, err := overlay.Root()
	if err != nil {
		return err
	}
	return overlay.Write(root, output)
}
