//go:build js && wasm

package main

import (
	"context"
	"errors"
	"path"
	"sync"

	"tabernetes/engine/client/kubectl"
	"tabernetes/engine/userland/filesystem"
)

// edits are the files that the page's editor has open for kubectl edit.
type edits struct {
	host     host
	files    *filesystem.FileSystem
	commands *kubectl.Kubectl

	mu   sync.Mutex
	last int                   // guarded by mu
	open map[int]chan<- edited // guarded by mu
}

// edited is what the user has done with a file.
type edited struct {
	text  string
	saved bool
}

func newEdits(host host, files *filesystem.FileSystem, commands *kubectl.Kubectl) *edits {
	return &edits{host: host, files: files, commands: commands, open: map[int]chan<- edited{}}
}

// edit lets the user edit a file for the kubectl command that runs in the calling
// goroutine.
func (e *edits) edit(name string) error {
	text, err := e.files.ReadFile(name)
	if err != nil {
		return err
	}
	edited, saved, err := e.ask(e.commands.Context(), path.Base(name), string(text))
	if err != nil || !saved {
		return err
	}
	return e.files.WriteFile(name, []byte(edited), 0o600)
}

// ask shows a text in the page's editor and returns what was saved; saved is
// false when it was left as it is.
func (e *edits) ask(ctx context.Context, name, text string) (result string, saved bool, err error) {
	done := make(chan edited, 1)
	e.mu.Lock()
	e.last++
	id := e.last
	e.open[id] = done
	e.mu.Unlock()
	e.host.edit(id, name, text)
	select {
	case answer := <-done:
		return answer.text, answer.saved, nil
	case <-ctx.Done():
		e.take(id)
		return "", false, errors.New("the edit was interrupted")
	}
}

// finish takes the page's answer; an answer for an edit that is over is dropped.
func (e *edits) finish(id int, result edited) {
	if done := e.take(id); done != nil {
		done <- result
	}
}

func (e *edits) take(id int) chan<- edited {
	e.mu.Lock()
	defer e.mu.Unlock()
	done := e.open[id]
	delete(e.open, id)
	return done
}
