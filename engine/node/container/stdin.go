package container

import "io"

// stdin is the standard input of process 1. It stays open until somebody
// who was attached has closed it and the container wants it only once, or until
// the container ends.
type stdin struct {
	once   bool
	source *io.PipeReader
	sink   *io.PipeWriter
}

// newStdin is nil for a container that has none: it reads nothing.
func newStdin(wanted, once bool) *stdin {
	if !wanted {
		return nil
	}
	s := &stdin{once: once}
	s.source, s.sink = io.Pipe()
	return s
}

// reader is what the process reads, or nil.
func (s *stdin) reader() io.Reader {
	if s == nil {
		return nil
	}
	return s.source
}

// copyFrom writes what an attached client sends. It returns when either end is
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
