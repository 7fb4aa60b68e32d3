// Command guide writes the site's own pages into a built site, as package guide makes
// them.
//
//	go run ./guide/cmd/guide --facts .cache/guide.json --out web/dist
//
// It is called by the Makefile. It writes nothing when anything is wrong with any page,
// and lists all problems.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tabernetes/guide"
	"tabernetes/lessons"
	"tabernetes/lessons/publish"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("guide", flag.ContinueOnError)
	flags.SetOutput(stdout)
	out := flags.String("out", "", "directory of the site (required)")
	from := flags.String("facts", "", "file that web/guide.mjs has written (required)")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *out == "" || *from == "" || flags.NArg() > 0 {
		return errors.New("usage: guide --facts FILE --out DIRECTORY")
	}
	encoded, err := os.ReadFile(*from)
	if err != nil {
		return err
	}
	facts, err := guide.ReadFacts(encoded)
	if err != nil {
		return fmt.Errorf("%s: %w", *from, err)
	}
	files, err := build(facts)
	if err != nil {
		return err
	}
	for name, data := range files {
		target := filepath.Join(*out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(stdout, "wrote %d pages to %s\n", len(files), *out)
	return err
}

func build(facts guide.Facts) (map[string][]byte, error) {
	pages, err := guide.Content()
	if err != nil {
		return nil, err
	}
	content, err := lessons.Content()
	if err != nil {
		return nil, err
	}
	all, err := lessons.LoadAll(content)
	if err != nil {
		return nil, err
	}
	return guide.Files(pages, publish.Index(all), facts)
}
