package process_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/userlandtest"
)

// TestProcessOne is a container's life: process 1 ignores process.SIGTERM without a trap,
// its end ends the others, and others can be run beside it.
func TestProcessOne(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		signal process.Signal
		code   int
		took   time.Duration
		want   string
	}{
		{"sleep ignores SIGTERM", []string{"sleep", "3600"}, process.SIGTERM, 0, time.Hour, ""},
		{"SIGKILL", []string{"sleep", "3600"}, process.SIGKILL, 137, time.Second, ""},
		{"trap in a loop", []string{"sh", "-c", `trap 'echo bye; exit 0' TERM; while true; do sleep 5; done`}, process.SIGTERM, 0, 5 * time.Second, "bye\n"},
		{"trap and wait", []string{"sh", "-c", `trap 'echo bye; exit 3' TERM; sleep 1000 & wait`}, process.SIGTERM, 3, time.Second, "bye\n"},
		{"exec sleep", []string{"sh", "-c", `trap 'exit 1' TERM; exec sleep 10`}, process.SIGTERM, 0, 10 * time.Second, ""},
		{"busy loop", []string{"sh", "-c", `while :; do :; done`}, process.SIGKILL, 137, time.Second, ""},
		{"no such program", []string{"nope"}, process.SIGTERM, 127, 0, "exec: \"nope\": executable file not found in $PATH\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := userlandtest.NewSystem(t)
				system.FirstProcess = 0
				var output bytes.Buffer
				program := &process.Process{System: system, Args: test.args, Stdout: &output, Stderr: &output}
				began := time.Now()
				time.AfterFunc(time.Second, func() { program.Signal(test.signal) })
				code := program.Run(t.Context())
				if took := time.Since(began); code != test.code || took != test.took || output.String() != test.want {
					t.Errorf("got %d, %v, %q; want %d, %v, %q", code, took, output.String(), test.code, test.took, test.want)
				}
				system.Close()
			})
		})
	}
}

func TestExecBesideProcessOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := userlandtest.NewSystem(t)
		system.FirstProcess = 0
		var log bytes.Buffer
		main := &process.Process{System: system, Args: []string{"sh", "-c", "trap 'exit 5' TERM; sleep 100 & wait"}, Stdout: &log, Stderr: &log}
		ended := make(chan int)
		go func() { ended <- main.Run(context.Background()) }()
		synctest.Wait()
		if got := userlandtest.Run(system, "", "sh", "-c", "echo to the log > /proc/1/fd/1; ps | head -n 2"); got.Code != 0 || !strings.Contains(got.Output, "    1 root      0:00 sh -c trap") {
			t.Errorf("exec: %q, %d", got.Output, got.Code)
		}
		// The end of process 1 kills what signalled it, if that has not ended yet.
		if got := userlandtest.Run(system, "", "sh", "-c", "kill 1"); got.Output != "" || got.Code != 0 && got.Code != 137 {
			t.Errorf("kill 1: %q, %d", got.Output, got.Code)
		}
		if code := <-ended; code != 5 || log.String() != "to the log\n" {
			t.Errorf("process 1: %d, %q", code, log.String())
		}
		if len(system.Tasks()) != 0 {
			t.Errorf("%d processes are left", len(system.Tasks()))
		}
		system.Close()
	})
}

func TestLookPath(t *testing.T) {
	system := userlandtest.NewSystem(t)
	if err := errors.Join(system.FileSystem.MkdirAll("/app", 0o755), system.FileSystem.WriteFile("/app/run", nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"sh":        "",
		"/bin/sh":   "",
		"foo":       `exec: "foo": executable file not found in $PATH`,
		"/app/none": `exec: "/app/none": stat /app/none: no such file or directory`,
		"/app/run":  `exec: "/app/run": permission denied`,
		"/app":      `exec: "/app": permission denied`,
	} {
		_, err := system.LookPath(name, "/", nil)
		if err == nil != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{`while :; do :; done`, "sh: stopped: it ran more than 1000 commands or turns of a loop\n"},
		{`(while :; do :; done) & wait; echo no`, "sh: stopped: it ran more than 1000 commands or turns of a loop\n"},
		{`yes`, "sh: stopped: it wrote more than 10000 bytes\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			system := userlandtest.NewSystem(t)
			system.Limits = process.Limits{MaxSteps: 1000, MaxOutput: 10_000}
			got := userlandtest.Run(system, "", "sh", "-c", test.script)
			system.Close()
			if got.Code != 1 || !strings.HasSuffix(got.Output, test.want) {
				t.Errorf("%s: got %q, %d", test.script, got.Output[max(0, len(got.Output)-200):], got.Code)
			}
		})
	}
}
