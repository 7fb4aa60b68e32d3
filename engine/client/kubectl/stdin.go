package kubectl

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
)

// stdin lends the standard input of the process to one command at a time:
// upstream reads "-f -" from os.Stdin and from nothing else. A command keeps it
// until it has read all of its input, or ends.
type stdin struct {
	mu     sync.Mutex
	owner  *command      // guarded by mu
	reader io.Reader     // guarded by mu
	freed  chan struct{} // closed when owner gives it back; guarded by mu
}

// readsStdin reports whether a command's arguments name the standard input.
func readsStdin(arguments []string) bool {
	return slices.ContainsFunc(arguments, func(argument string) bool {
		return argument == "-" || argument == "-f-" || strings.HasSuffix(argument, "=-")
	})
}

// acquire waits until no other command has the standard input and takes it. It
// returns false when ctx has ended first.
func (s *stdin) acquire(ctx context.Context, owner *command, reader io.Reader) bool {
	for {
		s.mu.Lock()
		freed := s.freed
		if s.owner == nil {
			s.owner, s.reader, s.freed = owner, reader, make(chan struct{})
			s.mu.Unlock()
			return true
		}
		s.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return false
		}
	}
}

// release gives the standard input back, if owner has it.
func (s *stdin) release(owner *command) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner == owner && owner != nil {
		s.owner, s.reader = nil, nil
		close(s.freed)
	}
}

func (s *stdin) read(buffer []byte) (int, error) {
	s.mu.Lock()
	owner, reader := s.owner, s.reader
	s.mu.Unlock()
	if reader == nil {
		return 0, io.EOF
	}
	n, err := reader.Read(buffer)
	if err != nil {
		s.release(owner)
	}
	return n, err
}
