package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"tabernetes/wasm/module"
)

func main() {
	output := flag.String("o", "", "what the files to write begin with, such as web/dist/kubectl")
	flag.Parse()
	if flag.NArg() != 1 || *output == "" {
		fmt.Fprintln(os.Stderr, "usage: split -o PREFIX MODULE")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *output); err != nil {
		fmt.Fprintf(os.Stderr, "split %q: %v\n", flag.Arg(0), err)
		os.Exit(1)
	}
}

func run(input, output string) error {
	compacted, err := os.ReadFile(input)
	if err != nil {
		return err
	}
	program, err := module.Parse(compacted)
	if err != nil {
		return err
	}
	tables, err := readTables(program)
	if err != nil {
		return err
	}
	names, err := tables.allNames()
	if err != nil {
		return err
	}
	plan, err := newPlan(program, names, func(string) bool { return true })
	if err != nil {
		return err
	}
	made, err := part(compacted, plan)
	if err != nil {
		return err
	}
	if err := verify(program, made); err != nil {
		return err
	}
	return made.write(output)
}

// write writes all files or none. The primary is the oldest of them, so that for
// make the others are newer than it.
func (p *parts) write(prefix string) error {
	files := []struct {
		name    string
		content []byte
	}{
		{prefix + ".wasm", p.primary},
		{prefix + ".data.wasm", p.data},
		{prefix + ".deferred.wasm", p.deferred},
	}
	const unfinished = ".part"
	for i, file := range files {
		if err := os.WriteFile(file.name+unfinished, file.content, 0o644); err != nil {
			for _, begun := range files[:i+1] {
				err = errors.Join(err, os.Remove(begun.name+unfinished))
			}
			return err
		}
	}
	for _, file := range files {
		if err := os.Rename(file.name+unfinished, file.name); err != nil {
			return err
		}
	}
	return nil
}
