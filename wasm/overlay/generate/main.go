// Command generate writes the overlay file for the js/wasm builds:
//
//	go run ./wasm/overlay/generate -o .cache/overlay.json
//
// The Makefile runs it before each wasm build. It holds absolute paths of this
// checkout, so it is written to an ignored place and never committed. A file
// that already has the same content is left alone.
package main

import (
	"bytes"
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
	content, err := overlay.JSON(root)
	if err != nil {
		return err
	}
	if !filepath.IsAbs(output) {
		output = filepath.Join(root, output)
	}
	if old, err := os.ReadFile(output); err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return err
	}
	return os.WriteFile(output, content, 0o644)
}
