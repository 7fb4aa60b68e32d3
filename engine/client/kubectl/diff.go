package kubectl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/utils/exec"

	"tabernetes/engine/client/unifieddiff"
)

// programs are the programs that kubectl may start: only "diff -u -N" of two
// directories. It implements exec.Interface of k8s.io/utils.
type programs struct{}

// Command implements exec.Interface.
func (programs) Command(name string, arguments ...string) exec.Cmd {
	return &program{name: name, arguments: arguments, out: io.Discard}
}

// CommandContext implements exec.Interface.
func (p programs) CommandContext(_ context.Context, name string, arguments ...string) exec.Cmd {
	return p.Command(name, arguments...)
}

// LookPath implements exec.Interface.
func (programs) LookPath(name string) (string, error) {
	if name == "diff" {
		return name, nil
	}
	return "", exec.ErrExecutableNotFound
}

// program is one run of a program. It implements the part of exec.Cmd that
// kubectl diff uses: SetStdout, SetStderr and Run.
type program struct {
	exec.Cmd
	name      string
	arguments []string
	out       io.Writer
}

func (p *program) SetStdout(out io.Writer) { p.out = out }
func (p *program) SetStderr(io.Writer)     {}

// Run compares the two directories that the arguments name, file by file.
func (p *program) Run() error {
	count := len(p.arguments)
	if p.name != "diff" || count != 4 || !slices.Equal(p.arguments[:2], []string{"-u", "-N"}) {
		return fmt.Errorf("exec: %q: %w", p.name, exec.ErrExecutableNotFound)
	}
	from, into := p.arguments[2], p.arguments[3]
	names, err := fileNames(from, into)
	if err != nil {
		return err
	}
	different := false
	for _, name := range names {
		before, err := readSide(from, name)
		if err != nil {
			return err
		}
		after, err := readSide(into, name)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		differs, err := unifieddiff.Write(&out, before, after)
		if err != nil {
			return err
		}
		if differs {
			different = true
			if _, err := fmt.Fprintf(p.out, "diff -u -N %s %s\n%s", before.Name, after.Name, out.Bytes()); err != nil {
				return err
			}
		}
	}
	if different {
		return differencesFound{}
	}
	return nil
}

// fileNames returns the names of the files in either directory, sorted.
func fileNames(directories ...string) ([]string, error) {
	var names []string
	for _, directory := range directories {
		entries, err := os.ReadDir(directory)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// readSide reads a file of one side; an absent one is empty.
func readSide(directory, name string) (unifieddiff.File, error) {
	path := filepath.Join(directory, name)
	file := unifieddiff.File{Name: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return file, nil
	case err != nil:
		return file, err
	}
	file.Modified = info.ModTime()
	file.Text, err = os.ReadFile(path)
	return file, err
}

// differencesFound is the exit status 1 of diff. It implements exec.ExitError.
type differencesFound struct{}

func (differencesFound) String() string  { return "exit status 1" }
func (differencesFound) Error() string   { return "exit status 1" }
func (differencesFound) Exited() bool    { return true }
func (differencesFound) ExitStatus() int { return 1 }
