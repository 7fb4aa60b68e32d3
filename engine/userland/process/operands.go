package process

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// Each opens every operand, or standard input if there are none, and returns 1 if
// one could not be read. refuse prints the error for one that could not be opened;
// it is Fail or CannotOpen, depending on the command's wording.
func (i *Invocation) Each(ctx context.Context, names []string, refuse func(name string, err error), visit func(name string, reader io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		reader, err := i.Open(ctx, name)
		if err != nil {
			refuse(name, err)
			code = 1
			continue
		}
		err = visit(name, reader)
		_ = reader.Close()
		if err != nil {
			if ctx.Err() != nil {
				return ExitStatus(ctx)
			}
			i.CannotRead(err)
			code = 1
		}
	}
	return code
}

// Open opens a file for reading; "-" is standard input.
func (i *Invocation) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(i.Stdin), nil
	}
	file, err := i.System.Open(i.files, i.Path(name), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if file.file != nil {
		if info, err := file.file.Stat(); err == nil && info.IsDir() {
			file.Retain().Release()
			return nil, filesystem.ErrIsDirectory
		}
	}
	return i.bind(ctx, file), nil
}

// OpenFile opens a file as os.OpenFile does; a new one has mode 0644.
func (i *Invocation) OpenFile(ctx context.Context, name string, flag int) (io.ReadWriteCloser, error) {
	file, err := i.System.Open(i.files, i.Path(name), flag)
	if err != nil {
		return nil, err
	}
	return i.bind(ctx, file), nil
}

func (i *Invocation) bind(ctx context.Context, file *Stream) closing {
	file.Retain()
	return closing{i.task.Bind(ctx, file), file.Release}
}

// maxLine is the longest line in bytes; longer lines are read in parts.
const maxLine = 1 << 20

// Lines calls visit for each line of a reader, without its newline, until visit
// returns false or the process has to end. whole says whether there was a
// newline.
func (i *Invocation) Lines(ctx context.Context, reader io.Reader, visit func(line string, whole bool) bool) error {
	buffered := bufio.NewReaderSize(reader, 4096)
	var line []byte
	for count := 0; ; count++ {
		part, err := buffered.ReadSlice('\n')
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) && len(line) < maxLine {
			continue
		}
		if len(line) > 0 {
			text, whole := strings.CutSuffix(string(line), "\n")
			line = line[:0]
			if !visit(text, whole) {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if count%LinesPerStep == LinesPerStep-1 {
			if err := i.Step(ctx); err != nil {
				return err
			}
		}
	}
}

// LinesPerStep is how many lines of text cost as much as one command.
const LinesPerStep = 20

type closing struct {
	io.ReadWriter
	close func()
}

func (c closing) Close() error {
	c.close()
	return nil
}

// Stat describes the file that a path leads to.
func (i *Invocation) Stat(name string) (fs.FileInfo, error) {
	return i.System.FileSystem.Stat(i.Path(name))
}

// Walk visits a path and, if asked, everything below it.
func (i *Invocation) Walk(ctx context.Context, name string, recursive bool, visit func(name string, info fs.FileInfo) error) error {
	info, err := i.System.FileSystem.Lstat(i.Path(name))
	if err != nil {
		return err
	}
	if err := i.Step(ctx); err != nil {
		return err
	}
	if err := visit(name, info); err != nil {
		return err
	}
	if !recursive || !info.IsDir() {
		return nil
	}
	entries, err := i.System.FileSystem.ReadDir(i.Path(name))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := i.Walk(ctx, strings.TrimSuffix(name, "/")+"/"+entry.Name(), true, visit); err != nil {
			return err
		}
	}
	return nil
}

// MaxText is how much input a command keeps that needs all of it, in bytes.
const MaxText = 16 << 20

// ReadLines reads whole lines, without their newlines.
func (i *Invocation) ReadLines(ctx context.Context, reader io.Reader) ([]string, error) {
	var lines []string
	size := 0
	err := i.Lines(ctx, reader, func(line string, _ bool) bool {
		lines = append(lines, line)
		size += len(line) + 16
		return size < MaxText
	})
	if size >= MaxText {
		return lines, filesystem.ErrNoSpace
	}
	return lines, err
}
