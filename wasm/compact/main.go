package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	output := flag.String("o", "", "the file to write")
	flag.Parse()
	if flag.NArg() != 1 || *output == "" {
		fmt.Fprintln(os.Stderr, "usage: compact -o FILE MODULE")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *output); err != nil {
		fmt.Fprintf(os.Stderr, "compact %q: %v\n", flag.Arg(0), err)
		os.Exit(1)
	}
}

// run writes the file whole or not at all.
func run(input, output string) error {
	linked, err := os.ReadFile(input)
	if err != nil {
		return err
	}
	straightened, err := straighten(linked)
	if err != nil {
		return err
	}
	compacted, err := compact(straightened)
	if err != nil {
		return err
	}
	unfinished := output + ".part"
	if err := os.WriteFile(unfinished, compacted, 0o644); err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return os.Rename(unfinished, output)
}
