// Command lessons writes the built-in lessons into a built site, as package publish
// makes them.
//
//	go run ./lessons/cmd/lessons --out web/dist/lessons
//
// It is called by the Makefile. It writes nothing when any lesson has a problem, and
// lists all problems.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tabernetes/lessons"
	"tabernetes/lessons/publish"
	"tabernetes/lessons/scripts"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("lessons", flag.ContinueOnError)
	flags.SetOutput(stdout)
	out := flags.String("out", "", "directory to write to (required)")
	from := flags.String("content", "", "directory with lessons; those built in when empty")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *out == "" || flags.NArg() > 0 {
		return errors.New("usage: lessons --out DIRECTORY [--content DIRECTORY]")
	}
	content, err := lessons.Content()
	if err != nil {
		return err
	}
	if *from != "" {
		content = os.DirFS(*from)
	}
	return build(content, *out, stdout)
}

func build(content fs.FS, out string, stdout io.Writer) error {
	all, err := lessons.LoadAll(content)
	if err != nil {
		return err
	}
	for _, lesson := range all {
		if _, problems := scripts.ReadAll(content, lesson.ID, lesson.Variant); len(problems) > 0 {
			return problems
		}
		files, err := publish.Files(content, lesson)
		if err != nil {
			return err
		}
		for name, data := range files {
			if err := writeFile(filepath.Join(out, filepath.FromSlash(name)), data); err != nil {
				return err
			}
		}
	}
	index, err := publish.JSON(publish.Index(all))
	if err != nil {
		return fmt.Errorf("encode %q: %w", publish.IndexName, err)
	}
	// Last, so that an index never names what is not there.
	if err := writeFile(filepath.Join(out, publish.IndexName), index); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "wrote %d lessons to %s\n", len(publish.Index(all)), out)
	return err
}

// writeFile makes the directory when it is not there.
func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	// The error of os has the name already.
	return os.WriteFile(name, data, 0o644)
}
