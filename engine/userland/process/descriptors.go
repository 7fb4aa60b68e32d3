package process

import (
	"context"
	"errors"
	"io"

	"tabernetes/engine/userland/filesystem"
)

// Descriptors are the open files of a process, by descriptor number.
type Descriptors map[int]*Stream

// Copy returns another table of the same streams, as fork(2) does.
func (d Descriptors) Copy() Descriptors {
	copied := make(Descriptors, len(d))
	for number, stream := range d {
		copied[number] = stream.Retain()
	}
	return copied
}

// Set puts a stream at a number and takes over one use of it. With nil the
// number is closed.
func (d Descriptors) Set(number int, s *Stream) {
	if old := d[number]; old != nil {
		old.Release()
	}
	if s == nil {
		delete(d, number)
		return
	}
	d[number] = s.Retain()
}

// Close closes every number.
func (d Descriptors) Close() {
	for number, stream := range d {
		stream.Release()
		delete(d, number)
	}
}

func (d Descriptors) opened(number int) (*Stream, error) {
	if d[number] == nil {
		return nil, filesystem.ErrNotExist
	}
	return d[number], nil
}

// Bind wraps a stream for use by the process: operations end with the process's
// ctx and are paid for in steps. A nil stream is a closed descriptor.
func (t *Task) Bind(ctx context.Context, s *Stream) io.ReadWriter { return bound{ctx, t, s} }

type bound struct {
	ctx    context.Context
	task   *Task
	stream *Stream
}

func (b bound) Read(p []byte) (int, error) {
	if b.stream == nil || b.stream.read == nil {
		return 0, filesystem.ErrBadFile
	}
	if err := b.task.Spend(b.ctx, 0); err != nil {
		return 0, err
	}
	n, err := b.stream.read(b.ctx, p)
	if broke := b.task.Spend(b.ctx, n/BytesPerStep); broke != nil {
		return n, broke
	}
	return n, err
}

// BytesPerStep is how many bytes of input or output cost as much as one command.
const BytesPerStep = 1024

func (b bound) Write(p []byte) (int, error) {
	if b.stream == nil || b.stream.write == nil {
		return 0, filesystem.ErrBadFile
	}
	if err := b.task.Spend(b.ctx, len(p)/BytesPerStep); err != nil {
		return 0, err
	}
	n, err := b.stream.write(b.ctx, p)
	if errors.Is(err, filesystem.ErrBrokenPipe) {
		b.task.Signal(SIGPIPE)
	}
	return n, err
}
