//go:build js && wasm

package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"tabernetes/engine/client/kubectl"
	shells "tabernetes/engine/client/terminal"
	"tabernetes/engine/refusal"
	"tabernetes/engine/userland/filesystem"
)

// outputWindow is OUTPUT_WINDOW of web/src/protocol/kubectl.ts: so many bytes of a
// command's output may be in flight to the page. Beyond it the command waits in
// its Write.
const outputWindow = 256 << 10

// terminal runs what the page asks for.
type terminal struct {
	host     host
	files    *filesystem.FileSystem
	commands *kubectl.Kubectl
	kept     kept
	shells   *shells.Terminal

	mu      sync.Mutex
	running map[int]*run // guarded by mu
}

func newTerminal(host host, files *filesystem.FileSystem, commands *kubectl.Kubectl, shells *shells.Terminal) *terminal {
	return &terminal{
		host:     host,
		files:    files,
		commands: commands,
		kept:     kept{host: host, files: files},
		shells:   shells,
		running:  map[int]*run{},
	}
}

// run is one line or command, from its beginning to its exit status.
type run struct {
	id     int
	host   host
	ctx    context.Context
	cancel context.CancelFunc
	input  *input

	mu      sync.Mutex
	errors  []byte    // the first errorsRead bytes of standard error; guarded by mu
	pending int       // bytes on their way to the page; guarded by mu
	room    sync.Cond // on mu: pending has shrunk, or ctx has ended
}

// begin runs something in a goroutine of its own and tells the page its exit
// status.
func (t *terminal) begin(id int, do func(one *run) int) {
	ctx, cancel := context.WithCancel(context.Background())
	one := &run{id: id, host: t.host, cancel: cancel, input: newInput(ctx)}
	one.ctx = context.WithValue(ctx, runKey{}, one)
	one.room.L = &one.mu
	context.AfterFunc(ctx, one.wake)
	t.mu.Lock()
	t.running[id] = one
	t.mu.Unlock()
	go func() {
		defer cancel()
		status := do(one)
		t.mu.Lock()
		delete(t.running, id)
		t.mu.Unlock()
		t.kept.tell()
		t.host.exit(id, status, one.refusals(status), one.input.unread())
	}()
}

// errorsRead bounds how much of a failed command's standard error is read for who has
// refused its requests.
const errorsRead = 8 << 10

// refusals returns who has refused requests of a command that has failed.
func (r *run) refusals(status int) []refusal.Refusal {
	if status == 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return refusal.ReadAll(string(r.errors))
}

// remember keeps the beginning of standard error.
func (r *run) remember(text []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, text[:min(len(text), errorsRead-len(r.errors))]...)
}

func (t *terminal) find(id int) *run {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.running[id]
}

// kubectl runs one kubectl command.
func (t *terminal) kubectl(id int, arguments []string, stdin string, files []storedFile) {
	t.begin(id, func(one *run) int {
		for _, file := range files {
			if err := writeFile(t.files, file); err != nil {
				fmt.Fprintf(one.stream(standardError), "error: %v\n", err)
				return 1
			}
		}
		return t.commands.Run(one.ctx, arguments, kubectl.Streams{
			In:     bytes.NewReader([]byte(stdin)),
			Out:    one.stream(standardOutput),
			ErrOut: one.stream(standardError),
		})
	})
}

// interrupt is Ctrl-C. A run that has ended already ignores it.
func (t *terminal) interrupt(id int) {
	if one := t.find(id); one != nil {
		one.cancel()
	}
}

func (t *terminal) consumed(id, bytes int) {
	if one := t.find(id); one != nil {
		one.mu.Lock()
		one.pending -= bytes
		one.mu.Unlock()
		one.wake()
	}
}

// file writes a file of the terminal, or removes it.
func (t *terminal) file(id int, name, text string, present bool) {
	err := error(nil)
	if present {
		err = writeFile(t.files, storedFile{name, text})
	} else {
		err = t.files.RemoveAll(name)
	}
	if err != nil {
		t.host.failed(id, err)
		return
	}
	t.kept.tell()
	t.host.reply(id, nil)
}

func (r *run) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.room.Broadcast()
}

// stream is one of the two outputs of a run.
type stream struct {
	run  *run
	name string // standardOutput or standardError
}

const (
	standardOutput = "stdout"
	standardError  = "stderr"
)

func (r *run) stream(name string) *stream { return &stream{run: r, name: name} }

// Write waits for room, and fails when the run has been interrupted.
func (s *stream) Write(text []byte) (int, error) {
	if s.name == standardError {
		s.run.remember(text)
	}
	for begin := 0; begin < len(text); {
		part := text[begin:min(len(text), begin+outputWindow/2)]
		if err := s.run.reserve(len(part)); err != nil {
			return begin, err
		}
		s.run.host.output(s.run.id, s.name, part)
		begin += len(part)
	}
	return len(text), nil
}

func (r *run) reserve(bytes int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.pending+bytes > outputWindow && r.ctx.Err() == nil {
		r.room.Wait()
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.pending += bytes
	return nil
}
