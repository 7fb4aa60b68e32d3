// Package userlandtest runs programs in tests: in a system with the files of a
// busybox image and the usual commands.
//
// It is called by tests of any package and must not be linked into a program.
package userlandtest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/userland/commands"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// NewSystem is a System with a busybox image's files. Its processes are numbered
// from 2, so that signals have their default action.
func NewSystem(t testing.TB) *process.System {
	t.Helper()
	files := filesystem.New(filesystem.Options{})
	if err := process.Devices(files); err != nil {
		t.Fatal(err)
	}
	return &process.System{FileSystem: files, Hostname: "box", Commands: commands.Table(), FirstProcess: 2}
}

// Result is what became of a program.
type Result struct {
	Output string // standard output and error
	Code   int
	Took   time.Duration
}

// Record keeps what is written to it. What a script leaves in the background may
// still write when the script has ended.
type Record struct {
	mu   sync.Mutex
	text strings.Builder // guarded by mu
}

func (r *Record) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(text)
}

// String is what was written.
func (r *Record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// Run runs a program to its end.
func Run(system *process.System, stdin string, args ...string) Result {
	var output Record
	program := &process.Process{System: system, Args: args, Stdin: strings.NewReader(stdin), Stdout: &output, Stderr: &output}
	began := time.Now()
	code := program.Run(context.Background())
	return Result{output.String(), code, time.Since(began)}
}

// Check runs a script of sh in a new system, on the virtual clock of
// testing/synctest, and compares what it prints and its exit status.
func Check(t *testing.T, script, want string, code int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		system := NewSystem(t)
		got := Run(system, "", "sh", "-c", script)
		system.Close()
		if got.Output != want || got.Code != code {
			t.Errorf("got  %q, %d\nwant %q, %d", got.Output, got.Code, want, code)
		}
	})
}
