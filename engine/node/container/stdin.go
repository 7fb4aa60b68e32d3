package container

import "io"

// stdin is the standard input of process 1. It is open until the container ends,
// or with stdinOnce until the first attached client has closed it.
type stdin struct {
	once   bool
	source *io.PipeReader
	sink   *io.PipeWriter
}

// newStdin returns nil for a container without standard input, which reads
// nothing.
func newStdin(wanted, once bool) *stdin {
	if !wanted {
		return nil
	}
	s := &stdin{once: once}
	s.source, s.sink = io.Pipe()
	return s
}

// reader is what the process reads from, or nil.
func (s *stdin) reader() io.Reader {
	if s == nil {
		return nil
	}
	return s.source
}

// copyFrom copies the input of an attached client. It returns when either end is
// closed.
func (s *stdin) copyFrom(client io.Reader) {
	_, err := io.Copy(s.sink, client)
	if s.once && err == nil {
		_ = s.sink.Close()
	}
}

func (s *stdin) close() {
	if s != nil {
		_ = s.sink.Close()
		_ = s.source.Close()
	}
}
