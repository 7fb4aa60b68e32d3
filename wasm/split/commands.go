package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"tabernetes/wasm/module"
)

var errUsage = errors.New(strings.TrimSpace(usage))

// linked is a program with the linker's tables and the names of its functions.
type linked struct {
	bytes   []byte
	program *module.Program
	tables  *tables
	names   []string
}

func readLinked(file string) (*linked, error) {
	bytes, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	program, err := module.Parse(bytes)
	if err != nil {
		return nil, err
	}
	tables, err := readTables(program)
	if err != nil {
		return nil, err
	}
	names, err := tables.allNames()
	if err != nil {
		return nil, err
	}
	return &linked{bytes, program, tables, names}, nil
}

// partCommand parts a module.
func partCommand(flags *flag.FlagSet) func(*flag.FlagSet) error {
	profileFile := flags.String("profile", "", "the names of the functions of the primary; without it all are")
	leaveOut := flags.Int("leave-out", 0, "leave every n-th function of the profile out, to test what is missing")
	without := flags.String("without", "", "leave out what begins so, such as a package, to test that as well")
	images := flags.String("images", "", "images of the whole module, from which those of the parted one are made")
	mark := flags.Bool("mark", false, "let each function mark that it was called, for a profile")
	output := flags.String("o", "", "what the files to write begin with, such as web/dist/kubectl")
	return func(flags *flag.FlagSet) error {
		if *output == "" || flags.NArg() != 1 {
			return errUsage
		}
		l, err := readLinked(flags.Arg(0))
		if err != nil {
			return err
		}
		wanted := func(string) bool { return true }
		if *profileFile != "" {
			profile, err := readProfileFile(*profileFile)
			if err != nil {
				return err
			}
			wanted = profile.thinned(*leaveOut, *without).wanted()
		}
		var captures []capture
		if *images != "" {
			if captures, err = readCaptures(strings.Split(*images, ",")); err != nil {
				return err
			}
		}
		plan, err := newPlan(l.program, l.names, wanted, captures...)
		if err != nil {
			return err
		}
		plan.marked = *mark
		made, err := part(l.bytes, l.tables, plan, captures...)
		if err != nil {
			return err
		}
		if err := verify(l.program, made, captures...); err != nil {
			return err
		}
		return made.write(*output)
	}
}

// profileCommand writes the profile of the functions that were marked as called.
func profileCommand(flags *flag.FlagSet) func(*flag.FlagSet) error {
	merge := flags.Bool("merge", false, "keep what the profile names already")
	marks := flags.String("marks", "", "files with a byte for each function, which is not 0 if it was called")
	output := flags.String("o", "", "the profile to write")
	return func(flags *flag.FlagSet) error {
		if *output == "" || *marks == "" || flags.NArg() != 1 {
			return errUsage
		}
		l, err := readLinked(flags.Arg(0))
		if err != nil {
			return err
		}
		before := profile{}
		if *merge {
			if before, err = readProfileFile(*output); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		called := make([]bool, len(l.names))
		for number, name := range l.names {
			called[number] = before[name]
		}
		for _, file := range strings.Split(*marks, ",") {
			if err := readMarks(file, called); err != nil {
				return err
			}
		}
		made, err := l.profileOf(called)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := made.write(&text); err != nil {
			return err
		}
		return writeFiles(outputFile{*output, text.Bytes()})
	}
}

// readMarks adds the marks in a file to those of each function.
func readMarks(file string, called []bool) error {
	marks, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if len(marks) < len(called) {
		return fmt.Errorf("read marks %q: %d bytes for %d functions: they are of another module", file, len(marks), len(called))
	}
	for number := range called {
		called[number] = called[number] || marks[number] != 0
	}
	return nil
}

// profileOf names the functions that were called, except those that are in every
// primary.
func (l *linked) profileOf(called []bool) (profile, error) {
	always, err := neverDeferred(l.program, l.names)
	if err != nil {
		return nil, err
	}
	p := profile{}
	for number, name := range l.names {
		if called[number] && !always[number] {
			p[name] = true
		}
	}
	return p, nil
}

// namesCommand prints the names of the functions in slots of the table.
func namesCommand(flags *flag.FlagSet) error {
	l, err := readLinked(flags.Arg(0))
	if err != nil {
		return err
	}
	for _, argument := range flags.Args()[1:] {
		slot, err := strconv.Atoi(argument)
		if err != nil {
			return err
		}
		number := slot - l.program.FirstSlot
		if number < 0 || number >= len(l.names) {
			return fmt.Errorf("no function is in slot %d", slot)
		}
		fmt.Fprintln(os.Stdout, l.names[number])
	}
	return nil
}

func readProfileFile(name string) (profile, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p, err := readProfile(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read profile %q: %w", name, err)
	}
	return p, nil
}

// write writes all modules and images or none. The primary is written first, so that
// make sees the others as newer.
func (p *parts) write(prefix string) error {
	files := []outputFile{
		{prefix + ".wasm", p.primary},
		{prefix + ".data.wasm", p.data},
		{prefix + ".deferred.wasm", p.deferred},
	}
	for _, image := range p.images {
		files = append(files, outputFile{prefix + image.ending, image.content})
	}
	return writeFiles(files...)
}

type outputFile struct {
	name    string
	content []byte
}

// writeFiles writes files whole, and all or none.
func writeFiles(files ...outputFile) error {
	const unfinished = ".part"
	for i, file := range files {
		if err := os.WriteFile(file.name+unfinished, file.content, 0o644); err != nil {
			for _, begun := range files[:i] {
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
